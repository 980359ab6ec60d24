package dev.weft.proxy.codec.http1;

import dev.weft.proxy.exchange.HeadLimits;
import dev.weft.proxy.exchange.HeaderName;
import dev.weft.proxy.exchange.Headers;

/** Parses the fields behind a chunked body. Framing and routing fields have no meaning there and are dropped. */
final class TrailerParser extends HeadParser {
    private static final HeaderName[] DROPPED = {
        HeaderName.CONTENT_LENGTH,
        HeaderName.TRANSFER_ENCODING,
        HeaderName.HOST,
        HeaderName.CONNECTION,
        HeaderName.KEEP_ALIVE,
        HeaderName.PROXY_CONNECTION,
        HeaderName.TE,
        HeaderName.TRAILER,
        HeaderName.UPGRADE
    };

    TrailerParser(HeadLimits limits) {
        super(limits);
    }

    @Override
    HeadProgress parseStartLine(Headers headers, int from, int end) {
        startLineEndsAt(from);
        return HeadProgress.DONE;
    }

    @Override
    HeadProgress finish(Headers headers) {
        for (HeaderName name : DROPPED) {
            headers.remove(name);
        }
        return HeadProgress.DONE;
    }
}
