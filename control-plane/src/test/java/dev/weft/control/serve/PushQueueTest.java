package dev.weft.control.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

class PushQueueTest {
    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private final List<String> done = new ArrayList<>();
    private final PushQueue<String> queue = new PushQueue<>(done::add, tasks::add, 2);

    @Test
    void worksOnSoManyAtATimeInOrder() {
        List.of("a", "b", "c").forEach(queue::enqueue);
        assertThat(tasks).hasSize(2);

        tasks.removeFirst().run();

        assertThat(tasks).hasSize(2);
        while (!tasks.isEmpty()) {
            tasks.removeFirst().run();
        }
        assertThat(done).containsExactly("a", "b", "c");
        assertThat(queue.size()).isZero();
    }

    @Test
    void mergesWhatAClientIsDueFor() {
        List.of("a", "b", "c", "c", "c").forEach(queue::enqueue);
        while (!tasks.isEmpty()) {
            tasks.removeFirst().run();
        }

        assertThat(done).containsExactly("a", "b", "c");
    }

    @Test
    void goesOverAClientOnceMoreThatBecameDueMeanwhile() {
        queue.enqueue("a");
        queue.enqueue("a");
        assertThat(tasks).as("never two at once for one client").hasSize(1);

        tasks.removeFirst().run();
        tasks.removeFirst().run();

        assertThat(done).containsExactly("a", "a");
        assertThat(tasks).isEmpty();
    }

    @Test
    void forgetsAClientThatLeft() {
        List.of("a", "b", "c").forEach(queue::enqueue);
        queue.remove("c");
        while (!tasks.isEmpty()) {
            tasks.removeFirst().run();
        }

        assertThat(done).containsExactly("a", "b");
    }

    @Test
    void goesOnAfterAFailure() {
        PushQueue<String> failing = new PushQueue<>(
                name -> {
                    done.add(name);
                    throw new IllegalStateException(name);
                },
                tasks::add,
                1);
        failing.enqueue("a");
        failing.enqueue("b");
        for (int i = 0; i < 2; i++) {
            try {
                tasks.removeFirst().run();
            } catch (IllegalStateException e) {
                continue;
            }
        }

        assertThat(done).containsExactly("a", "b");
    }
}
