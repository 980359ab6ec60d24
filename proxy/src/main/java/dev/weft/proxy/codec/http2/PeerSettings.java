package dev.weft.proxy.codec.http2;

import org.jspecify.annotations.Nullable;

/** What the peer's SETTINGS say (RFC 9113 section 6.5.2), with the protocol's initial values. Loop-confined. */
final class PeerSettings {
    private long headerTable = 4096;
    private long maxStreams = Integer.MAX_VALUE;
    private int streamWindow = Frame.DEFAULT_WINDOW;
    private int largestFrame = Frame.DEFAULT_SIZE;
    private boolean connectProtocol;
    private int faultCode;

    long headerTable() {
        return headerTable;
    }

    long maxStreams() {
        return maxStreams;
    }

    int streamWindow() {
        return streamWindow;
    }

    int largestFrame() {
        return largestFrame;
    }

    boolean connectProtocol() {
        return connectProtocol;
    }

    /** The error of the fault that {@link #apply} returned. */
    int faultCode() {
        return faultCode;
    }

    /** Takes a frame's settings in their order; returns what is wrong, or null. {@code server}: which we are. */
    @Nullable
    String apply(byte[] payload, int length, boolean server) {
        for (int at = 0; at < length; at += 6) {
            int id = (payload[at] & 0xFF) << 8 | (payload[at + 1] & 0xFF);
            long value = FrameDispatcher.number(payload, at + 2) & 0xFFFF_FFFFL;
            switch (id) {
                case Frame.SETTING_HEADER_TABLE_SIZE -> headerTable = value;
                case Frame.SETTING_ENABLE_PUSH -> {
                    if (value > (server ? 1 : 0)) {
                        return fault(Http2Error.PROTOCOL_ERROR, "SETTINGS_ENABLE_PUSH is " + value);
                    }
                }
                case Frame.SETTING_MAX_CONCURRENT_STREAMS -> maxStreams = value;
                case Frame.SETTING_INITIAL_WINDOW_SIZE -> {
                    if (value > Integer.MAX_VALUE) {
                        return fault(Http2Error.FLOW_CONTROL_ERROR, "SETTINGS_INITIAL_WINDOW_SIZE is " + value);
                    }
                    streamWindow = (int) value;
                }
                case Frame.SETTING_MAX_FRAME_SIZE -> {
                    if (value < Frame.DEFAULT_SIZE || value > Frame.LARGEST_SIZE) {
                        return fault(Http2Error.PROTOCOL_ERROR, "SETTINGS_MAX_FRAME_SIZE is " + value);
                    }
                    largestFrame = (int) value;
                }
                case Frame.SETTING_ENABLE_CONNECT_PROTOCOL -> {
                    if (value > 1 || (connectProtocol && value == 0)) {
                        return fault(Http2Error.PROTOCOL_ERROR, "SETTINGS_ENABLE_CONNECT_PROTOCOL is " + value);
                    }
                    connectProtocol = value == 1;
                }
                default -> {} // advisory (list size) or unknown
            }
        }
        return null;
    }

    private String fault(int code, String what) {
        faultCode = code;
        return what;
    }
}
