package dev.weft.xds;

import com.google.common.collect.ImmutableList;
import java.util.Collection;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The outcome of reading something from outside: the value, or every problem that was found. Bad input is never an exception. */
public sealed interface Decoded<T> {
    record Value<T>(T value) implements Decoded<T> {}

    record Rejected<T>(ImmutableList<Problem> problems) implements Decoded<T> {
        public Rejected {
            if (problems.isEmpty()) {
                throw new IllegalArgumentException("problems: a rejection names at least one");
            }
        }

        /** All problems on one line each: the text of a NACK. */
        public String message() {
            return problems.stream().map(Problem::toString).collect(Collectors.joining("\n"));
        }
    }

    static <T> Decoded<T> of(T value) {
        return new Value<>(value);
    }

    static <T> Decoded<T> rejected(String path, String message) {
        return new Rejected<>(ImmutableList.of(new Problem(path, message)));
    }

    static <T> Decoded<T> rejected(Collection<Problem> problems) {
        return new Rejected<>(ImmutableList.copyOf(problems));
    }

    default <R> Decoded<R> map(Function<? super T, ? extends R> next) {
        return switch (this) {
            case Value<T>(T value) -> new Value<>(next.apply(value));
            case Rejected<T>(ImmutableList<Problem> problems) -> new Rejected<>(problems);
        };
    }

    default <R> Decoded<R> then(Function<? super T, Decoded<R>> next) {
        return switch (this) {
            case Value<T>(T value) -> next.apply(value);
            case Rejected<T>(ImmutableList<Problem> problems) -> new Rejected<>(problems);
        };
    }

    default ImmutableList<Problem> problems() {
        return switch (this) {
            case Value<T> v -> ImmutableList.of();
            case Rejected<T> r -> r.problems();
        };
    }

    /** @throws IllegalStateException with all problems, where nothing could be decoded: for callers that wrote the input themselves */
    default T orThrow() {
        return switch (this) {
            case Value<T>(T value) -> value;
            case Rejected<T> r -> throw new IllegalStateException(r.message());
        };
    }
}
