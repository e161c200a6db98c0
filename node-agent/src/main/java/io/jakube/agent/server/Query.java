package io.jakube.agent.server;

import io.jakube.agent.logs.LogOptions;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** The query of a request. */
final class Query {
    private static final int MAX_PARAMETERS = 4096;

    private final QueryStringDecoder decoder;

    /** A semicolon is a character like others: it is part of many commands. */
    Query(String uri) {
        decoder = new QueryStringDecoder(uri, StandardCharsets.UTF_8, true, MAX_PARAMETERS, true);
    }

    List<String> all(String name) {
        return decoder.parameters().getOrDefault(name, List.of());
    }

    Optional<String> first(String name) {
        return all(name).stream().findFirst().filter(text -> !text.isEmpty());
    }

    boolean flag(String name) {
        return first(name).map(text -> text.equals("true") || text.equals("1")).orElse(false);
    }

    OptionalLong number(String name) throws PlainError {
        Optional<String> text = first(name);
        try {
            return text.isEmpty() ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(text.get()));
        } catch (NumberFormatException e) {
            throw PlainError.badRequest("the parameter " + name + " must be a number");
        }
    }

    LogOptions logOptions() throws PlainError {
        Optional<Instant> since = Optional.empty();
        OptionalLong seconds = number("sinceSeconds");
        if (seconds.isPresent()) {
            since = Optional.of(Instant.now().minusSeconds(seconds.getAsLong()));
        } else if (first("sinceTime").isPresent()) {
            try {
                since = Optional.of(OffsetDateTime.parse(first("sinceTime").get()).toInstant());
            } catch (DateTimeException e) {
                throw PlainError.badRequest("the parameter sinceTime must be an RFC 3339 time");
            }
        }
        return new LogOptions(flag("follow"), flag("timestamps"), number("tailLines"), since, number("limitBytes"), first("stream").orElse("All"));
    }
}
