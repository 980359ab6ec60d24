package dev.weft.proxy.telemetry;

import com.google.common.collect.ImmutableList;
import dev.weft.model.http.AccessLog;
import dev.weft.proxy.exchange.Exchange;
import dev.weft.xds.json.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * An access log format compiled to an array of parts: literal bytes and operators. Immutable, shared by the loops; writing a line
 * creates no object but for the text of fields that nobody asked for before.
 */
public final class AccessLogFormat {
    private static final byte[] NULL = {'n', 'u', 'l', 'l'};
    private static final byte[] QUOTE = {'"'};
    private static final byte[] OBJECT_END = {'}', '\n'};
    private static final String DEFAULT_LINE = "[%START_TIME%] \"%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%"
            + " %PROTOCOL%\" %RESPONSE_CODE% %RESPONSE_FLAGS% %BYTES_RECEIVED% %BYTES_SENT% %DURATION%"
            + " %RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)% \"%REQ(X-FORWARDED-FOR)%\" \"%REQ(USER-AGENT)%\""
            + " \"%REQ(X-REQUEST-ID)%\" \"%REQ(:AUTHORITY)%\" \"%UPSTREAM_HOST%\"\n";

    private final ImmutableList<Field> fields;
    private final boolean json;

    private AccessLogFormat(ImmutableList<Field> fields, boolean json) {
        this.fields = fields;
        this.json = json;
    }

    /** @throws IllegalArgumentException with the operator that is not known */
    public static AccessLogFormat compile(AccessLog.Format format) {
        return switch (format) {
            case AccessLog.TextFormat(String text) ->
                new AccessLogFormat(
                        ImmutableList.of(new Field(new byte[0], parts(text.isEmpty() ? DEFAULT_LINE : text))), false);
            case AccessLog.JsonFormat(var names) -> {
                ImmutableList.Builder<Field> fields = ImmutableList.builder();
                boolean first = true;
                for (Map.Entry<String, String> entry : names.entrySet()) {
                    String prefix = (first ? "{" : ",") + quote(entry.getKey()) + ":";
                    fields.add(new Field(prefix.getBytes(StandardCharsets.UTF_8), parts(entry.getValue())));
                    first = false;
                }
                yield new AccessLogFormat(fields.build(), true);
            }
        };
    }

    /** Appends the line of an exchange that is over. */
    void write(Exchange exchange, LineBuffer out) {
        for (int i = 0; i < fields.size(); i++) {
            Field field = fields.get(i);
            out.raw(field.prefix);
            if (json) {
                value(field, exchange, out);
            } else {
                for (LogPart part : field.parts) {
                    part.write(exchange, out);
                }
            }
        }
        if (json) {
            out.raw(OBJECT_END);
        }
    }

    /** A single operator has its own type; a text with something around it is a text. */
    private static void value(Field field, Exchange exchange, LineBuffer out) {
        boolean single = field.parts.length == 1;
        if (single && field.parts[0].isAbsent(exchange)) {
            out.raw(NULL);
            return;
        }
        if (single && field.parts[0].isNumber()) {
            field.parts[0].write(exchange, out);
            return;
        }
        out.raw(QUOTE);
        out.quoted(true);
        for (LogPart part : field.parts) {
            part.write(exchange, out);
        }
        out.quoted(false);
        out.raw(QUOTE);
    }

    private static String quote(String name) {
        return JsonWriter.write(name, JsonWriter.Layout.ONE_LINE);
    }

    private static LogPart[] parts(String format) {
        ImmutableList.Builder<LogPart> parts = ImmutableList.builder();
        int at = 0;
        while (at < format.length()) {
            int percent = format.indexOf('%', at);
            if (percent < 0) {
                parts.add(LogOperators.literal(format.substring(at)));
                break;
            }
            if (percent > at) {
                parts.add(LogOperators.literal(format.substring(at, percent)));
            }
            if (percent + 1 < format.length() && format.charAt(percent + 1) == '%') {
                parts.add(LogOperators.literal("%"));
                at = percent + 2;
                continue;
            }
            int end = end(format, percent + 1);
            parts.add(LogOperators.parse(format.substring(percent + 1, end)));
            at = end + 1;
        }
        return parts.build().toArray(new LogPart[0]);
    }

    private static int end(String format, int from) {
        int end = dev.weft.model.http.LogOperators.end(format, from);
        if (end < 0) {
            throw new IllegalArgumentException(
                    "access log format: '%" + format.substring(from) + "' has no closing percent sign");
        }
        return end;
    }

    /** {@code prefix} is what stands before the value in JSON. */
    private record Field(byte[] prefix, LogPart[] parts) {}
}
