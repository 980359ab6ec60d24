package dev.weft.proxy.codec.http2;

import java.nio.charset.StandardCharsets;

/** Types and flags of frames (RFC 9113 section 6), and numbers of the protocol. Immutable. */
final class Frame {
    static final int HEADER_BYTES = 9;
    /** What a client says first. */
    static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int PRIORITY = 2;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PUSH_PROMISE = 5;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;
    static final int CONTINUATION = 9;

    static final int END_STREAM = 0x1;
    static final int ACK = 0x1;
    static final int END_HEADERS = 0x4;
    static final int PADDED = 0x8;
    static final int PRIORITY_FLAG = 0x20;

    static final int SETTING_HEADER_TABLE_SIZE = 1;
    static final int SETTING_ENABLE_PUSH = 2;
    static final int SETTING_MAX_CONCURRENT_STREAMS = 3;
    static final int SETTING_INITIAL_WINDOW_SIZE = 4;
    static final int SETTING_MAX_FRAME_SIZE = 5;
    static final int SETTING_MAX_HEADER_LIST_SIZE = 6;
    static final int SETTING_ENABLE_CONNECT_PROTOCOL = 8;

    /** The largest payload unless SETTINGS say otherwise; we never ask for more. */
    static final int DEFAULT_SIZE = 16_384;

    static final int LARGEST_SIZE = (1 << 24) - 1;
    /** What windows are before any SETTINGS or WINDOW_UPDATE. */
    static final int DEFAULT_WINDOW = 65_535;

    private Frame() {}
}
