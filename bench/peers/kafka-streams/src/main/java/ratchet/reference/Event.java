package ratchet.reference;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;

/** What the job reads of a value, by Jackson's streaming parser, which is its fastest way. */
final class Event {
    private static final JsonFactory JSON = new JsonFactory();

    String conversationId;
    String interactionId;
    String query;
    long requestedMs;
    long answeredMs;
    boolean failed;
    private Double latencyMs;
    private boolean started;
    private boolean hasError;
    private boolean hasOutput;

    private Event() {
    }

    /** Null where the value is no JSON object. */
    static Event parse(byte[] value) {
        if (value == null) return null;
        Event event = new Event();
        try (JsonParser parser = JSON.createParser(value)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) return null;
            while (parser.nextToken() == JsonToken.FIELD_NAME) event.readField(parser);
            if (parser.currentToken() != JsonToken.END_OBJECT || parser.nextToken() != null) return null;
        } catch (IOException broken) {
            return null;
        }
        event.failed = event.hasError || !event.hasOutput;
        if (event.latencyMs != null) event.answeredMs = event.requestedMs + (long) Math.floor(event.latencyMs);
        return event;
    }

    boolean isInteraction() {
        return conversationId != null && interactionId != null && query != null && started && latencyMs != null;
    }

    /** Throws DateTimeException where the text is no RFC 3339 time. */
    static long millis(String time) {
        return Instant.parse(time).toEpochMilli();
    }

    private void readField(JsonParser parser) throws IOException {
        String name = parser.currentName();
        JsonToken token = parser.nextToken();
        switch (name) {
            case "conversationId" -> conversationId = textOf(parser, token);
            case "interactionId" -> interactionId = textOf(parser, token);
            case "startedAt" -> readStart(textOf(parser, token));
            case "latencyMs" -> latencyMs = token.isNumeric() ? parser.getDoubleValue() : null;
            case "error" -> hasError = token != JsonToken.VALUE_NULL;
            case "output" -> hasOutput = token != JsonToken.VALUE_NULL;
            case "input" -> query = readInput(parser, token);
            default -> { }
        }
        parser.skipChildren();
    }

    private void readStart(String time) {
        try {
            started = time != null;
            if (started) requestedMs = millis(time);
        } catch (DateTimeException unreadable) {
            started = false;
        }
    }

    /** The last message of the user, empty where there is none; null where the input is not a list of messages. */
    private static String readInput(JsonParser parser, JsonToken start) throws IOException {
        if (start != JsonToken.START_ARRAY) return null;
        String last = "";
        boolean valid = true;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (parser.currentToken() != JsonToken.START_OBJECT) {
                valid = false;
                parser.skipChildren();
                continue;
            }
            String role = null;
            String content = null;
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                JsonToken token = parser.nextToken();
                if (name.equals("role")) role = textOf(parser, token);
                else if (name.equals("content")) content = textOf(parser, token);
                parser.skipChildren();
            }
            if (role == null || content == null) valid = false;
            else if (role.equals("user")) last = content;
        }
        return valid ? last : null;
    }

    private static String textOf(JsonParser parser, JsonToken token) throws IOException {
        return token == JsonToken.VALUE_STRING ? parser.getText() : null;
    }
}
