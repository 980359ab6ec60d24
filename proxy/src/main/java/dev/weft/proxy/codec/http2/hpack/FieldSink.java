package dev.weft.proxy.codec.http2.hpack;

/** Takes the fields of one block in the order in which they were sent, also those that it will refuse. */
@FunctionalInterface
public interface FieldSink {
    /** The field is the decoder's and changes after the call. */
    void onField(HpackField field);
}
