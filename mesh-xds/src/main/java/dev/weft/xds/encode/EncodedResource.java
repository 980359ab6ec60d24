package dev.weft.xds.encode;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * One resource ready for the wire. Equal models give equal bytes and so equal versions, on every replica and after every restart.
 *
 * @param version the hash of the bytes, 16 hexadecimal digits
 */
public record EncodedResource(String typeUrl, String name, ByteString bytes, String version) {
    static EncodedResource of(String typeUrl, String name, ByteString bytes) {
        return new EncodedResource(typeUrl, name, bytes, hash(bytes));
    }

    public Any any() {
        return Any.newBuilder().setTypeUrl(typeUrl).setValue(bytes).build();
    }

    private static String hash(ByteString bytes) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            bytes.asReadOnlyByteBufferList().forEach(digest::update);
            return HexFormat.of().formatHex(digest.digest(), 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return name + "@" + version;
    }
}
