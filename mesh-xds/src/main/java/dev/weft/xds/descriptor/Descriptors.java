package dev.weft.xds.descriptor;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/**
 * The descriptor set of the API, from the resource that api-protos generates. Loading only notes where each message and enum
 * stands in the bytes; a type is parsed when it is first asked for, so that decoding one bootstrap costs the few dozen types it
 * uses.
 *
 * <p>Held by whoever transcodes or checks, and let go afterwards (see {@link OnDemandDescriptors}): a sidecar keeps nothing of it. Not
 * safe for use by several threads.
 */
public final class Descriptors {
    private static final String RESOURCE = "/dev/weft/api/descriptors.binpb.gz";

    private final byte[] bytes;
    private final Map<String, Span> messageSpans = new HashMap<>(4096);
    private final Map<String, Span> enumSpans = new HashMap<>(1024);
    private final Map<String, MessageType> messages = new HashMap<>();
    private final Map<String, EnumType> enums = new HashMap<>();

    private Descriptors(byte[] bytes) throws IOException {
        this.bytes = bytes;
        CodedInputStream in = CodedInputStream.newInstance(bytes);
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            indexFile(next(in));
        }
    }

    public static Descriptors load() {
        try (InputStream resource = Descriptors.class.getResourceAsStream(RESOURCE)) {
            if (resource == null) {
                throw new AssertionError("no resource " + RESOURCE + ": weft-api-protos was built without it");
            }
            return new Descriptors(new GZIPInputStream(resource).readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Optional<MessageType> message(String fullName) {
        MessageType known = messages.get(fullName);
        if (known != null) {
            return Optional.of(known);
        }
        Span span = messageSpans.get(fullName);
        if (span == null) {
            return Optional.empty();
        }
        try {
            MessageType parsed = DescriptorParser.message(fullName, span.open(bytes));
            messages.put(fullName, parsed);
            return Optional.of(parsed);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The message that a field names, or that code names as a constant: it must exist. */
    public MessageType messageOf(String fullName) {
        return message(fullName).orElseThrow(() -> new AssertionError("no message " + fullName + " in the API"));
    }

    public EnumType enumOf(String fullName) {
        EnumType known = enums.get(fullName);
        if (known != null) {
            return known;
        }
        Span span = enumSpans.get(fullName);
        if (span == null) {
            throw new AssertionError("no enum " + fullName + " in the API");
        }
        try {
            EnumType parsed = DescriptorParser.enumeration(fullName, span.open(bytes));
            enums.put(fullName, parsed);
            return parsed;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void indexFile(Span file) throws IOException {
        // The package stands before the messages in serialized order, yet nothing promises it: two passes.
        String scope = "";
        CodedInputStream in = file.open(bytes);
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (WireFormat.getTagFieldNumber(tag) == 2) {
                scope = in.readString() + ".";
            } else {
                in.skipField(tag);
            }
        }
        indexTypes(file, scope, 4, 5);
    }

    private void indexTypes(Span span, String scope, int messageField, int enumField) throws IOException {
        CodedInputStream in = span.open(bytes);
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            int number = WireFormat.getTagFieldNumber(tag);
            if (number == messageField) {
                Span message = next(in).shifted(span.offset);
                String name = scope + nameOf(message);
                messageSpans.put(name, message);
                indexTypes(message, name + ".", 3, 4);
            } else if (number == enumField) {
                Span enumeration = next(in).shifted(span.offset);
                enumSpans.put(scope + nameOf(enumeration), enumeration);
            } else {
                in.skipField(tag);
            }
        }
    }

    private String nameOf(Span type) throws IOException {
        CodedInputStream in = type.open(bytes);
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (WireFormat.getTagFieldNumber(tag) == 1) {
                return in.readString();
            }
            in.skipField(tag);
        }
        throw new IOException("a type without a name in the descriptor set");
    }

    /** The span of the length-delimited value that comes next, relative to where {@code in} began; skips it. */
    private static Span next(CodedInputStream in) throws IOException {
        int length = in.readRawVarint32();
        Span span = new Span(in.getTotalBytesRead(), length);
        in.skipRawBytes(length);
        return span;
    }

    private record Span(int offset, int length) {
        CodedInputStream open(byte[] bytes) {
            return CodedInputStream.newInstance(bytes, offset, length);
        }

        Span shifted(int by) {
            return new Span(offset + by, length);
        }
    }
}
