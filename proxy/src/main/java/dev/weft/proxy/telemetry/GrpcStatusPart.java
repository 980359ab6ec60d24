package dev.weft.proxy.telemetry;

import dev.weft.proxy.exchange.Exchange;
import dev.weft.proxy.exchange.HeaderName;
import dev.weft.proxy.exchange.LocalReply;

/** {@code %GRPC_STATUS%}: of a gRPC exchange, from the trailers or else the head. Immutable. */
record GrpcStatusPart(Form form) implements LogPart {
    private static final String[] CAMEL = {
        "OK",
        "Canceled",
        "Unknown",
        "InvalidArgument",
        "DeadlineExceeded",
        "NotFound",
        "AlreadyExists",
        "PermissionDenied",
        "ResourceExhausted",
        "FailedPrecondition",
        "Aborted",
        "OutOfRange",
        "Unimplemented",
        "Internal",
        "Unavailable",
        "DataLoss",
        "Unauthenticated"
    };
    private static final String[] SNAKE = {
        "OK",
        "CANCELLED",
        "UNKNOWN",
        "INVALID_ARGUMENT",
        "DEADLINE_EXCEEDED",
        "NOT_FOUND",
        "ALREADY_EXISTS",
        "PERMISSION_DENIED",
        "RESOURCE_EXHAUSTED",
        "FAILED_PRECONDITION",
        "ABORTED",
        "OUT_OF_RANGE",
        "UNIMPLEMENTED",
        "INTERNAL",
        "UNAVAILABLE",
        "DATA_LOSS",
        "UNAUTHENTICATED"
    };

    /** How it is written. */
    enum Form {
        CAMEL_STRING,
        SNAKE_STRING,
        NUMBER
    }

    @Override
    public void write(Exchange exchange, LineBuffer out) {
        long status = status(exchange);
        if (status < 0) {
            out.text("-");
        } else if (form == Form.NUMBER || status >= CAMEL.length) {
            out.number(status);
        } else {
            out.text((form == Form.CAMEL_STRING ? CAMEL : SNAKE)[(int) status]);
        }
    }

    @Override
    public boolean isNumber() {
        return form == Form.NUMBER;
    }

    @Override
    public boolean isAbsent(Exchange exchange) {
        return status(exchange) < 0;
    }

    private static long status(Exchange exchange) {
        if (!LocalReply.isGrpc(exchange.request().headers())) {
            return -1;
        }
        long status = exchange.responseTrailers().number(HeaderName.GRPC_STATUS);
        return status >= 0 ? status : exchange.response().headers().number(HeaderName.GRPC_STATUS);
    }
}
