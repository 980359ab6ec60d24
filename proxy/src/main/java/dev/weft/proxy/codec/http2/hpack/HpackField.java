package dev.weft.proxy.codec.http2.hpack;

import dev.weft.proxy.exchange.HeaderName;

/**
 * One header field as two byte ranges, lent for the length of one call.
 *
 * <p>The decoder fills the one that it owns and hands it to its {@link FieldSink}; the caller of the encoder fills
 * another. Loop-confined. The arrays belong to somebody else and must not be written to, nor kept.
 */
public final class HpackField {
    private static final byte[] NONE = {};

    private int nameId;
    private byte[] name = NONE;
    private int nameAt;
    private int nameLength;
    private byte[] value = NONE;
    private int valueAt;
    private int valueLength;
    private boolean sensitive;

    /** Points the name at a range. {@code id} is its {@link dev.weft.proxy.exchange.HeaderId}. */
    public HpackField name(int id, byte[] source, int start, int length) {
        nameId = id;
        name = source;
        nameAt = start;
        nameLength = length;
        return this;
    }

    /** Points the name at a known one. */
    public HpackField name(HeaderName known) {
        return name(known.id(), known.bytes(), 0, known.length());
    }

    /** Points the value at a range. */
    public HpackField value(byte[] source, int start, int length) {
        value = source;
        valueAt = start;
        valueLength = length;
        return this;
    }

    /** Whether no hop may put it into a table (the never-indexed representation). */
    public HpackField sensitive(boolean never) {
        sensitive = never;
        return this;
    }

    public int nameId() {
        return nameId;
    }

    public byte[] name() {
        return name;
    }

    public int nameAt() {
        return nameAt;
    }

    public int nameLength() {
        return nameLength;
    }

    public byte[] value() {
        return value;
    }

    public int valueAt() {
        return valueAt;
    }

    public int valueLength() {
        return valueLength;
    }

    public boolean isSensitive() {
        return sensitive;
    }

    /** What the field counts against a header list limit and in a table: RFC 7541 section 4.1. */
    public int tableSize() {
        return nameLength + valueLength + HpackTable.ENTRY_OVERHEAD;
    }

    /** The lengths only: a value may be a secret. */
    @Override
    public String toString() {
        return "HpackField[nameId=" + nameId + ", nameLength=" + nameLength + ", valueLength=" + valueLength + ']';
    }
}
