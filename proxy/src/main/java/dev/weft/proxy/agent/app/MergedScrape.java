package dev.weft.proxy.agent.app;

import dev.weft.proxy.exchange.Exchange;
import dev.weft.proxy.exchange.FailureReason;
import dev.weft.proxy.exchange.HeaderName;
import dev.weft.proxy.exchange.LocalReply;
import dev.weft.proxy.exchange.RequestSink;
import dev.weft.proxy.telemetry.PrometheusText;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One scrape on its way: writes the proxy's part, then the application's line by line, so that a body that breaks off ends in a whole
 * line. Reads from the application only what the scraper takes. Confined to the exchange's loop.
 */
final class MergedScrape implements RequestSink, AppRequest.Taker {
    private static final String OPEN_METRICS = "application/openmetrics-text";
    private static final byte[] EOF = "# EOF\n".getBytes(StandardCharsets.US_ASCII);
    private static final int MUCH = 256 * 1024;
    private static final int LITTLE = 64 * 1024;
    private static final int MOST_PER_LINE = 64 * 1024;
    /** A page that is larger is a mistake that must not become ours. */
    private static final long MOST = 256L << 20;

    private final Exchange exchange;
    private final long generation;
    private final Runnable failure;
    private String own = "";
    private @Nullable AppRequest call;
    private boolean openMetrics;
    private boolean begun;
    private boolean ended;
    private long unwritten;
    private long received;
    private ByteBuf line = Unpooled.EMPTY_BUFFER;

    /** @param failure counts that the application's part could not be had */
    MergedScrape(Exchange exchange, Runnable failure) {
        this.exchange = exchange;
        this.generation = exchange.generation();
        this.failure = failure;
    }

    /** Without an application. */
    void alone(Optional<String> text) {
        if (isCurrent() && isRendered(text)) {
            finish();
        }
    }

    /** @param start asks the application */
    void both(Optional<String> text, Function<AppRequest.Taker, AppRequest> start) {
        if (isCurrent() && isRendered(text)) {
            call = start.apply(this);
        }
    }

    private boolean isCurrent() {
        return !ended && exchange.isCurrent(generation);
    }

    private boolean isRendered(Optional<String> text) {
        own = text.orElse("");
        if (text.isEmpty()) {
            ended = true;
            LocalReply.of(FailureReason.DIRECT_RESPONSE)
                    .status(503)
                    .body("the admin thread is busy, ask again\n")
                    .send(exchange);
        }
        return text.isPresent();
    }

    // ---- from the application --------------------------------------------------------------------------------------

    @Override
    public void onHead(int status, String contentType) {
        if (!isCurrent()) {
            return;
        }
        if (status != 200) {
            failed();
            return;
        }
        openMetrics = contentType.startsWith(OPEN_METRICS);
        begin(openMetrics ? contentType : PrometheusText.CONTENT_TYPE);
    }

    @Override
    public void onData(ByteBuf data) {
        if (!isCurrent()) {
            data.release();
            return;
        }
        received += data.readableBytes();
        ByteBuf all = Unpooled.wrappedBuffer(line, data);
        line = Unpooled.EMPTY_BUFFER;
        int last = lastNewline(all);
        if (received > MOST || all.readableBytes() - last > MOST_PER_LINE) {
            all.release();
            failed();
            return;
        }
        if (last == 0) {
            line = all;
            return;
        }
        ByteBuf lines = all.readRetainedSlice(last);
        line = exchange.loop().allocator().ioBuffer(Math.max(1, all.readableBytes()));
        line.writeBytes(all);
        all.release();
        write(withoutEof(lines));
        if (unwritten > MUCH) {
            reading(false);
        }
    }

    /** Bytes up to and with the last line's end; 0 where there is none. */
    private static int lastNewline(ByteBuf all) {
        for (int i = all.writerIndex() - 1; i >= all.readerIndex(); i--) {
            if (all.getByte(i) == '\n') {
                return i + 1 - all.readerIndex();
            }
        }
        return 0;
    }

    /** The mark of the end is written by us, behind whatever came. */
    private ByteBuf withoutEof(ByteBuf lines) {
        int start = lines.writerIndex() - EOF.length;
        if (openMetrics && start >= lines.readerIndex()) {
            for (int i = 0; i < EOF.length; i++) {
                if (lines.getByte(start + i) != EOF[i]) {
                    return lines;
                }
            }
            lines.writerIndex(start);
        }
        return lines;
    }

    @Override
    public void onEnd() {
        if (!isCurrent()) {
            return;
        }
        // The last line may have no end.
        if (line.isReadable()) {
            ByteBuf rest = line;
            line = Unpooled.EMPTY_BUFFER;
            write(withoutEof(exchange.loop()
                    .allocator()
                    .ioBuffer(rest.readableBytes() + 1)
                    .writeBytes(rest)
                    .writeByte('\n')));
            rest.release();
        }
        finish();
    }

    @Override
    public void onFailed(String why) {
        if (isCurrent()) {
            failed();
        }
    }

    private void failed() {
        failure.run();
        cancel();
        finish();
    }

    // ---- to the scraper --------------------------------------------------------------------------------------------

    private void begin(String contentType) {
        begun = true;
        exchange.response().clear();
        exchange.response().status(200);
        exchange.response().headers().set(HeaderName.CONTENT_TYPE, contentType);
        exchange.response().headers().set(HeaderName.CACHE_CONTROL, "no-cache, max-age=0");
        exchange.toClient().onResponseHead(false);
        byte[] bytes = (openMetrics ? OpenMetricsText.of(own) : own).getBytes(StandardCharsets.UTF_8);
        own = "";
        if (bytes.length > 0) {
            write(exchange.loop().allocator().ioBuffer(bytes.length).writeBytes(bytes));
        }
    }

    private void write(ByteBuf data) {
        if (!data.isReadable()) {
            data.release();
            return;
        }
        unwritten += data.readableBytes();
        exchange.toClient().onResponseData(data, false);
    }

    private void finish() {
        if (!begun) {
            begin(PrometheusText.CONTENT_TYPE);
        }
        if (!isCurrent()) {
            return;
        }
        ended = true;
        drop();
        ByteBuf end = openMetrics ? Unpooled.wrappedBuffer(EOF) : Unpooled.EMPTY_BUFFER;
        exchange.toClient().onResponseData(end, true);
    }

    private void drop() {
        line.release();
        line = Unpooled.EMPTY_BUFFER;
    }

    private void reading(boolean on) {
        AppRequest open = call;
        if (open != null) {
            open.reading(on);
        }
    }

    private void cancel() {
        AppRequest open = call;
        if (open != null) {
            open.cancel();
        }
    }

    @Override
    public void onRequestData(ByteBuf data, boolean end) {
        data.release();
    }

    @Override
    public void onRequestTrailers() {}

    @Override
    public void onResponseConsumed(int bytes) {
        unwritten -= bytes;
        if (unwritten < LITTLE) {
            reading(true);
        }
    }

    @Override
    public void onRequestReset(FailureReason reason) {
        if (!ended) {
            ended = true;
            drop();
            cancel();
        }
    }
}
