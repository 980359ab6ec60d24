package dev.weft.tests.mesh;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.function.IntSupplier;

/** The control plane's API, as {@code meshctl} sees it. */
public final class ControlApi implements AutoCloseable {
    private static final JsonMapper JSON = new JsonMapper();
    private final HttpClient http = HttpClient.newHttpClient();
    private final IntSupplier port;

    ControlApi(IntSupplier port) {
        this.port = port;
    }

    public JsonNode status() {
        URI address = URI.create("http://127.0.0.1:" + port.getAsInt() + "/api/v1/status");
        try {
            return JSON.readTree(
                    http.send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString())
                            .body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Whether {@code count} proxies are known and each has what it should have. */
    boolean synced(int count) {
        int synced = 0;
        for (JsonNode item : status().path("items")) {
            if (!item.path("state").asText().equals("synced")) {
                return false;
            }
            synced++;
        }
        return synced == count;
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
