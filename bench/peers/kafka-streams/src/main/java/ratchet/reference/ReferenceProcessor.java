package ratchet.reference;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.Set;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/** The job of bench/reference-job.md on one partition. */
final class ReferenceProcessor implements Processor<byte[], byte[], byte[], byte[]> {
    static final String SESSIONS = "sessions";
    /** A store key that no conversation has: ids are not empty. */
    private static final String STREAM_TIME = "";
    private static final long IDLE_MS = 300_000;
    private static final long AHEAD_MS_MAX = 60_000;
    private static final int REPEATED_PERMILLE = 500;
    private static final long HURRIED_MS = 10_000;
    private static final String COMPLETED = "ratchet.interaction.completed";
    private static final String ENDED = "ratchet.conversation.ended";
    private static final Set<String> OTHERS = Set.of("ratchet.feedback.given", "ratchet.handoff.requested", "ratchet.clock.advanced");
    private static final JsonFactory JSON = new JsonFactory();

    private ProcessorContext<byte[], byte[]> context;
    private KeyValueStore<String, Session> sessions;
    private long streamTimeMs;
    private long sweptMs;

    @Override
    public void init(ProcessorContext<byte[], byte[]> context) {
        this.context = context;
        sessions = context.getStateStore(SESSIONS);
        Session saved = sessions.get(STREAM_TIME);
        streamTimeMs = saved == null ? 0 : saved.lastMs();
        // Stream time is ours, not the record timestamps' that Kafka Streams knows, so the sweep looks at it by itself.
        context.schedule(Duration.ofSeconds(1), PunctuationType.WALL_CLOCK_TIME, now -> sweep());
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        String type = header(record.headers(), "ce_type");
        boolean completed = COMPLETED.equals(type);
        boolean ended = ENDED.equals(type);
        if (!completed && !ended && (type == null || !OTHERS.contains(type))) return;
        long timeMs;
        try {
            String time = header(record.headers(), "ce_time");
            if (time == null) return;
            timeMs = Math.min(Event.millis(time), record.timestamp() + AHEAD_MS_MAX);
        } catch (DateTimeException unreadable) {
            return;
        }
        Event event = Event.parse(record.value());
        if (event == null || (completed && !event.isInteraction()) || (ended && event.conversationId == null)) return;
        advanceTo(timeMs);
        if (ended) sessions.delete(event.conversationId);
        if (completed) interaction(event, record);
    }

    private void advanceTo(long timeMs) {
        if (timeMs <= streamTimeMs) return;
        streamTimeMs = timeMs;
        // The cache keeps this one key to one changelog record a commit.
        sessions.put(STREAM_TIME, new Session(streamTimeMs, 0, new long[TrigramBits.WORDS]));
    }

    private void interaction(Event event, Record<byte[], byte[]> record) {
        Session stored = sessions.get(event.conversationId);
        Session previous = stored != null && streamTimeMs - stored.lastMs() <= IDLE_MS ? stored : null;
        long[] bits = TrigramBits.of(event.query);
        sessions.put(event.conversationId, new Session(streamTimeMs, event.answeredMs, bits));
        int similarity = previous == null ? 0 : TrigramBits.similarityPermille(previous.bits(), bits);
        long pauseMs = previous == null ? 0 : event.requestedMs - previous.answeredMs();
        boolean repeated = previous != null && similarity >= REPEATED_PERMILLE;
        boolean hurried = previous != null && pauseMs < HURRIED_MS;
        if (!repeated && !hurried && !event.failed) return;
        byte[] key = event.conversationId.getBytes(StandardCharsets.UTF_8);
        byte[] value = finding(event, previous != null, similarity, pauseMs, repeated, hurried);
        context.forward(new Record<>(key, value, record.timestamp()));
    }

    private byte[] finding(Event event, boolean hasPrevious, int similarity, long pauseMs, boolean repeated, boolean hurried) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(200);
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            json.writeStringField("interactionId", event.interactionId);
            json.writeStringField("conversationId", event.conversationId);
            json.writeArrayFieldStart("rules");
            if (repeated) json.writeString("repeated");
            if (hurried) json.writeString("hurried");
            if (event.failed) json.writeString("failed");
            json.writeEndArray();
            if (hasPrevious) {
                json.writeNumberField("similarity", similarity);
                json.writeNumberField("pauseMs", pauseMs);
            } else {
                json.writeNullField("similarity");
                json.writeNullField("pauseMs");
            }
            json.writeNumberField("streamTimeMs", streamTimeMs);
            json.writeEndObject();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }

    /** Deletes the sessions that are over, each time that stream time has moved on by the idle time. */
    private void sweep() {
        if (streamTimeMs - sweptMs < IDLE_MS) return;
        sweptMs = streamTimeMs;
        try (KeyValueIterator<String, Session> all = sessions.all()) {
            while (all.hasNext()) {
                KeyValue<String, Session> entry = all.next();
                if (!entry.key.equals(STREAM_TIME) && streamTimeMs - entry.value.lastMs() > IDLE_MS) sessions.delete(entry.key);
            }
        }
    }

    private static String header(Headers headers, String name) {
        Header header = headers.lastHeader(name);
        return header == null || header.value() == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }
}
