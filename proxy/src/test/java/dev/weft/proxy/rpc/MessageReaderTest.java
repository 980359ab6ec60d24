package dev.weft.proxy.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.weft.proxy.rpc.MessageReader.MalformedMessageException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class MessageReaderTest {
    private final List<byte[]> messages = new ArrayList<>();

    private static byte[] framed(int flag, byte[] message) {
        ByteBuf out = Unpooled.buffer();
        out.writeByte(flag).writeInt(message.length).writeBytes(message);
        byte[] bytes = new byte[out.readableBytes()];
        out.readBytes(bytes);
        return bytes;
    }

    @Test
    void messagesAreTheSameHoweverTheirBytesAreCut() throws Exception {
        Random random = new Random(7);
        List<byte[]> sent = new ArrayList<>();
        ByteBuf wire = Unpooled.buffer();
        for (int length : new int[] {0, 1, 5, 100, 16 * 1024, 16 * 1024 + 1, 100_000}) {
            byte[] message = new byte[length];
            random.nextBytes(message);
            sent.add(message);
            wire.writeBytes(framed(0, message));
        }
        for (int most : new int[] {1, 3, 4096, 1 << 20}) {
            messages.clear();
            MessageReader reader = new MessageReader(1 << 20);
            wire.readerIndex(0);
            while (wire.isReadable()) {
                int take = Math.min(wire.readableBytes(), most == 1 ? 1 : 1 + random.nextInt(most));
                reader.read(wire.readSlice(take), messages::add);
            }
            assertThat(messages).containsExactlyElementsOf(sent);
            assertThat(reader.isWithinMessage()).isFalse();
        }
    }

    @Test
    void aPartOfAMessageIsNoMessage() throws Exception {
        MessageReader reader = new MessageReader(100);
        reader.read(Unpooled.wrappedBuffer(framed(0, new byte[10]), 0, 14), messages::add);

        assertThat(messages).isEmpty();
        assertThat(reader.isWithinMessage()).isTrue();
    }

    @Test
    void aCompressedMessageIsRefused() {
        MessageReader reader = new MessageReader(100);
        assertThatExceptionOfType(MalformedMessageException.class)
                .isThrownBy(() -> reader.read(Unpooled.wrappedBuffer(framed(1, new byte[1])), messages::add))
                .withMessageContaining("compressed");
    }

    @Test
    void aLengthAboveTheLimitIsRefusedBeforeItsBytesCome() {
        MessageReader reader = new MessageReader(100);
        assertThatExceptionOfType(MalformedMessageException.class)
                .isThrownBy(() ->
                        reader.read(Unpooled.wrappedBuffer(new byte[] {0, (byte) 0xFF, 0, 0, 0}), messages::add))
                .withMessageContaining("4278190080 bytes, at most 100");
    }
}
