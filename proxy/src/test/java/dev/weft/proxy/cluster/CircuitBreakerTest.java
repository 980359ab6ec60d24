package dev.weft.proxy.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.model.cluster.CircuitBreakers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CircuitBreakerTest {
    @Test
    void admitsUpToEachLimitAndAgainAfterTheEnd() {
        CircuitBreaker breaker = new CircuitBreaker(new CircuitBreakers(1, 2, 3, 0));

        assertThat(breaker.admitConnection()).isTrue();
        assertThat(breaker.admitConnection()).isFalse();
        assertThat(breaker.admitWaiting()).isTrue();
        assertThat(breaker.admitWaiting()).isTrue();
        assertThat(breaker.admitWaiting()).isFalse();
        assertThat(breaker.admitRetry()).isFalse();
        breaker.connectionEnded();
        assertThat(breaker.admitConnection()).isTrue();
        assertThat(breaker.connections()).isEqualTo(1);
        assertThat(breaker.waiting()).isEqualTo(2);
    }

    @Test
    void aForcedConnectionCountsBeyondTheLimit() {
        CircuitBreaker breaker = new CircuitBreaker(new CircuitBreakers(1, 1, 1, 1));
        breaker.admitConnection();

        breaker.forceConnection();
        breaker.connectionEnded();

        assertThat(breaker.admitConnection()).isFalse();
    }

    @Test
    void limitHoldsExactlyUnderConcurrency() throws Exception {
        int limit = 50;
        int threads = 4;
        CircuitBreaker breaker = new CircuitBreaker(new CircuitBreakers(1, 1, limit, 1));
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        AtomicInteger refused = new AtomicInteger();
        CountDownLatch start = new CountDownLatch(1);
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            List<Future<?>> workers = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                workers.add(pool.submit(() -> {
                    start.await();
                    for (int round = 0; round < 2_000; round++) {
                        int held = 0;
                        for (int i = 0; i < 20; i++) {
                            if (breaker.admitRequest()) {
                                held++;
                                most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                            } else {
                                refused.incrementAndGet();
                            }
                        }
                        for (; held > 0; held--) {
                            inside.decrementAndGet();
                            breaker.requestEnded();
                        }
                    }
                    return null;
                }));
            }
            start.countDown();
            for (Future<?> worker : workers) {
                worker.get();
            }
        }

        assertThat(most.get()).isLessThanOrEqualTo(limit);
        assertThat(breaker.requests()).isZero();
    }
}
