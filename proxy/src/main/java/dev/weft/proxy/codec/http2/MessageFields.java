package dev.weft.proxy.codec.http2;

import dev.weft.proxy.codec.http2.hpack.FieldSink;
import dev.weft.proxy.codec.http2.hpack.HpackField;
import dev.weft.proxy.exchange.ByteRanges;
import dev.weft.proxy.exchange.HeaderId;
import dev.weft.proxy.exchange.HeaderName;
import dev.weft.proxy.exchange.Headers;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Takes the fields of one block from HPACK, checks them by RFC 9113 section 8, and puts them into a head or trailers.
 *
 * <p>Loop-confined; one of each kind per loop, used for the length of one block. A block that is found bad is still taken
 * to its end, because HPACK must see all of it, but nothing more of it is stored.
 */
public abstract class MessageFields implements FieldSink {
    /** Only counts: for blocks of streams that are gone, and for those that are refused. */
    static final MessageFields IGNORE = new MessageFields() {
        @Override
        public void onField(HpackField field) {}

        @Override
        boolean onPseudo(HpackField field) {
            return true;
        }
    };

    private static final byte[] TRAILERS = "trailers".getBytes(StandardCharsets.ISO_8859_1);

    private @Nullable Headers target;
    private int mostFields;
    private int mostBytes;
    private int fields;
    private int bytes;
    private int cookies;
    private int cookieBytes;
    private boolean regularSeen;
    private long contentLength;
    private Outcome outcome = Outcome.WELL_FORMED;

    /** What came of a block. */
    public enum Outcome {
        WELL_FORMED,
        /** A stream error: the message breaks a rule of section 8. */
        MALFORMED,
        TOO_MANY,
        TOO_LARGE
    }

    /** Starts a block whose fields go there. */
    void begin(Headers fieldsGoTo, Http2Config config) {
        target = fieldsGoTo;
        mostFields = config.maxFields();
        mostBytes = config.maxFieldBytes();
        fields = 0;
        bytes = 0;
        cookies = 0;
        cookieBytes = 0;
        regularSeen = false;
        contentLength = -1;
        outcome = Outcome.WELL_FORMED;
    }

    /** What came of the block that was decoded last. */
    public final Outcome outcome() {
        return outcome;
    }

    /** The announced length of the body; -1 if none. */
    public final long contentLength() {
        return contentLength;
    }

    /** The list size by which limits count. */
    final int listBytes() {
        return bytes;
    }

    /** A pseudo header in its right place. Returns whether it is one that this message may have. */
    abstract boolean onPseudo(HpackField field);

    /** A regular field that is not part of the message but of its framing. Returns whether it was taken. */
    boolean onSpecial(HpackField field) {
        return false;
    }

    /** Whether it is the head of an informational response, behind which another head comes. */
    boolean isInterim() {
        return false;
    }

    /** All fields came: what must be there is there, or {@link #malformed}. */
    void finish() {
        if (cookies > 1 && outcome == Outcome.WELL_FORMED) {
            joinCookies();
        }
    }

    final void malformed() {
        outcome = Outcome.MALFORMED;
    }

    final Headers target() {
        Headers headers = target;
        if (headers == null) {
            throw new AssertionError("a block is decoded without a target");
        }
        return headers;
    }

    @Override
    public void onField(HpackField field) {
        fields++;
        bytes += field.tableSize();
        if (outcome != Outcome.WELL_FORMED) {
            return;
        }
        if (fields > mostFields) {
            outcome = Outcome.TOO_MANY;
            return;
        }
        if (bytes > mostBytes) {
            outcome = Outcome.TOO_LARGE;
            return;
        }
        if (!FieldRules.isValue(field.value(), field.valueAt(), field.valueLength())) {
            outcome = Outcome.MALFORMED;
            return;
        }
        if (field.nameLength() > 0 && field.name()[field.nameAt()] == ':') {
            if (regularSeen || !onPseudo(field)) {
                outcome = Outcome.MALFORMED;
            }
            return;
        }
        regularSeen = true;
        onRegular(field);
    }

    private void onRegular(HpackField field) {
        int id = field.nameId();
        switch (id) {
            case HeaderId.UNKNOWN -> {
                if (!FieldRules.isName(field.name(), field.nameAt(), field.nameLength())) {
                    outcome = Outcome.MALFORMED;
                    return;
                }
            }
            case HeaderId.CONNECTION,
                    HeaderId.KEEP_ALIVE,
                    HeaderId.PROXY_CONNECTION,
                    HeaderId.TRANSFER_ENCODING,
                    HeaderId.UPGRADE -> {
                outcome = Outcome.MALFORMED;
                return;
            }
            case HeaderId.TE -> {
                if (!ByteRanges.equalsIgnoreCase(field.value(), field.valueAt(), field.valueLength(), TRAILERS)) {
                    outcome = Outcome.MALFORMED;
                    return;
                }
            }
            case HeaderId.CONTENT_LENGTH -> {
                long length = ByteRanges.number(field.value(), field.valueAt(), field.valueLength());
                if (length < 0 || contentLength >= 0) {
                    outcome = Outcome.MALFORMED;
                    return;
                }
                contentLength = length;
            }
            case HeaderId.COOKIE -> {
                cookies++;
                cookieBytes += field.valueLength() + 2;
                if (cookieBytes > Http2Config.MOST_COOKIE_BYTES) {
                    outcome = Outcome.TOO_LARGE;
                    return;
                }
            }
            default -> {}
        }
        if (onSpecial(field)) {
            return;
        }
        Headers headers = target();
        headers.addLine(
                id,
                field.name(),
                field.nameAt(),
                field.nameLength(),
                field.value(),
                field.valueAt(),
                field.valueLength());
        if (field.isSensitive()) {
            headers.markSensitive(headers.entries() - 1);
        }
    }

    /** Section 8.2.3: crumbs of one cookie field are joined before the message goes to anybody else. */
    private void joinCookies() {
        Headers headers = target();
        byte[] joined = new byte[cookieBytes - 2];
        int at = 0;
        boolean sensitive = false;
        for (int entry = headers.find(HeaderName.COOKIE);
                entry != Headers.NONE;
                entry = headers.findFrom(HeaderName.COOKIE, entry + 1)) {
            if (at > 0) {
                joined[at++] = ';';
                joined[at++] = ' ';
            }
            System.arraycopy(headers.block(), headers.valueStart(entry), joined, at, headers.valueLength(entry));
            at += headers.valueLength(entry);
            sensitive |= headers.isSensitive(entry);
        }
        headers.set(HeaderName.COOKIE, joined);
        if (sensitive) {
            headers.markSensitive(headers.entries() - 1);
        }
    }
}
