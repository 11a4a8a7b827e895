package ratchet.reference;

import java.nio.ByteBuffer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;

/** The state of one conversation: 144 bytes in the store and in its changelog. */
record Session(long lastMs, long answeredMs, long[] bits) {
    private static final int BYTES = (2 + TrigramBits.WORDS) * Long.BYTES;

    static Serde<Session> serde() {
        Serializer<Session> serializer = (topic, session) -> session == null ? null : session.toBytes();
        Deserializer<Session> deserializer = (topic, bytes) -> bytes == null ? null : fromBytes(bytes);
        return Serdes.serdeFrom(serializer, deserializer);
    }

    private byte[] toBytes() {
        ByteBuffer buffer = ByteBuffer.allocate(BYTES).putLong(lastMs).putLong(answeredMs);
        for (long word : bits) buffer.putLong(word);
        return buffer.array();
    }

    private static Session fromBytes(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        long lastMs = buffer.getLong();
        long answeredMs = buffer.getLong();
        long[] words = new long[TrigramBits.WORDS];
        for (int i = 0; i < words.length; i++) words[i] = buffer.getLong();
        return new Session(lastMs, answeredMs, words);
    }
}
