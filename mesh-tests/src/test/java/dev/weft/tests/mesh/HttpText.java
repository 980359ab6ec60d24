package dev.weft.tests.mesh;

import com.google.common.collect.ImmutableListMultimap;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reads HTTP/1.1 heads and bodies from a blocking stream, for the test's client and origins. */
final class HttpText {
    private HttpText() {}

    /** The start line and the header lines; empty at a clean end of the stream. */
    static List<String> readHead(InputStream in) throws IOException {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); ; b = in.read()) {
            if (b < 0) {
                if (lines.isEmpty() && line.isEmpty()) {
                    return lines;
                }
                throw new EOFException("inside a head: " + lines + line);
            }
            if (b == '\n') {
                if (line.isEmpty()) {
                    return lines;
                }
                lines.add(line.toString());
                line.setLength(0);
            } else if (b != '\r') {
                line.append((char) b);
            }
        }
    }

    static Reply readReply(InputStream in, boolean head) throws IOException {
        List<String> lines = readHead(in);
        if (lines.isEmpty()) {
            return Reply.without(Reply.CLOSED);
        }
        int status = Integer.parseInt(lines.get(0).split(" ", 3)[1]);
        ImmutableListMultimap<String, String> headers = RawClient.headers(lines.subList(1, lines.size()));
        String body = head || status == 204 || status == 304 ? "" : body(in, headers, true);
        return new Reply(status, headers, body, Reply.WHOLE);
    }

    /** @param untilEnd whether a body without a length goes on to the end of the stream */
    static String body(InputStream in, ImmutableListMultimap<String, String> headers, boolean untilEnd)
            throws IOException {
        if (headers.containsEntry("transfer-encoding", "chunked")) {
            return chunks(in);
        }
        if (headers.containsKey("content-length")) {
            return text(
                    exactly(in, Integer.parseInt(headers.get("content-length").get(0))));
        }
        return untilEnd ? text(in.readAllBytes()) : "";
    }

    private static String chunks(InputStream in) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        while (true) {
            String size = line(in);
            int length = Integer.parseInt(size.split(";", 2)[0].strip(), 16);
            if (length == 0) {
                readHead(in);
                return text(body.toByteArray());
            }
            body.writeBytes(exactly(in, length));
            line(in);
        }
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException("inside a chunk");
            }
            if (b != '\r') {
                line.append((char) b);
            }
        }
        return line.toString();
    }

    private static byte[] exactly(InputStream in, int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("a body of " + length + " bytes ended after " + bytes.length);
        }
        return bytes;
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
