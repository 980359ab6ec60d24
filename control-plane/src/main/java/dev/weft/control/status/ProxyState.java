package dev.weft.control.status;

import java.util.Locale;

/** Where a proxy stands. The names are part of the API. */
public enum ProxyState {
    /** It has what it should have. */
    SYNCED,
    /** Something was sent a moment ago and is not answered yet. */
    PENDING,
    /** Something was sent and is not answered for long. */
    STALE,
    /** It refused what it was sent and goes on with what it had. */
    REJECTED,
    DISCONNECTED;

    public String apiName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
