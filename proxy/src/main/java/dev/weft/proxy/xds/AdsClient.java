package dev.weft.proxy.xds;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import dev.weft.model.ProxyConfig;
import dev.weft.proxy.exchange.Backoff;
import dev.weft.proxy.identity.SecretStore;
import dev.weft.xds.decode.XdsDecoder;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The stream to the control plane: keeps one open, hands what arrives to the protocol's state machine and the assembler, and
 * publishes the result. The last good configuration stays through everything that goes wrong here.
 *
 * <p>Confined to the control thread, onto which all callbacks are posted; {@link #status} may be read from any.
 */
public final class AdsClient implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AdsClient.class);

    /** How long a resource that was asked for by name is waited for (Envoy's initial_fetch_timeout). */
    static final Duration FETCH_TIMEOUT = Duration.ofSeconds(15);

    private final Exchange<?, ?> exchange;
    private final ConfigAssembler assembler = new ConfigAssembler();
    private final ResourceReader reader;
    private final ReceivedResources received = new ReceivedResources();
    private final ConfigSink sink;
    private final ScheduledExecutorService control;
    private final InstantSource clock;
    private final Backoff backoff;
    private final Set<XdsType> seen = EnumSet.noneOf(XdsType.class);
    private ProxyConfig published = ProxyConfig.EMPTY;
    private boolean warmSaid;
    private boolean closed;
    private volatile AdsStatus status = AdsStatus.START;

    /** Which variant of the protocol is spoken ({@code ads_config.api_type}). */
    public enum Mode {
        DELTA,
        STATE_OF_THE_WORLD
    }

    /**
     * What the client works with.
     *
     * @param channel to the control plane, credentials included
     * @param control the control thread
     * @param secrets where secrets that the stream carries go
     */
    public record Wiring(
            Channel channel,
            Node node,
            XdsDecoder decoder,
            ScheduledExecutorService control,
            InstantSource clock,
            SecretStore secrets) {}

    public AdsClient(Wiring wiring, Mode mode, ConfigSink sink, Backoff backoff) {
        this.reader = new ResourceReader(wiring.decoder(), assembler, wiring.secrets(), sink::names);
        this.sink = sink;
        this.control = wiring.control();
        this.clock = wiring.clock();
        this.backoff = backoff;
        var stub = AggregatedDiscoveryServiceGrpc.newStub(wiring.channel());
        this.exchange = switch (mode) {
            case DELTA -> new Exchange<>(new DeltaProtocol(wiring.node()), stub::deltaAggregatedResources);
            case STATE_OF_THE_WORLD ->
                new Exchange<>(
                        new StateOfTheWorldProtocol(wiring.node(), ResourceNaming::nameOf),
                        stub::streamAggregatedResources);
        };
    }

    /** Opens the first stream. */
    public void start() {
        control.execute(exchange::connect);
    }

    /** Asks for the mesh's names too. To be called before {@link #start}. */
    public void askForNames() {
        control.execute(() -> exchange.protocol.subscribe(XdsType.NAME_TABLE, ImmutableSet.of("*")));
    }

    public AdsStatus status() {
        return status;
    }

    public ReceivedResources received() {
        return received;
    }

    @Override
    public void close() {
        control.execute(() -> {
            closed = true;
            exchange.end();
        });
    }

    private ImmutableMap<String, String> receive(Delivery delivery) {
        Map<String, String> rejected = new LinkedHashMap<>();
        for (Delivery.Received resource : delivery.resources()) {
            Optional<String> reason = reader.read(delivery.type(), resource);
            if (reason.isPresent()) {
                rejected.put(resource.name(), reason.get());
                received.rejected(delivery.type(), resource, reason.get(), clock.instant());
                LOG.warn(
                        "refused a resource type={} name={} version={} reason={}",
                        delivery.type(),
                        resource.name(),
                        resource.version(),
                        reason.get());
            } else {
                received.accepted(delivery.type(), resource, clock.instant());
            }
        }
        for (String name : delivery.removed()) {
            reader.remove(delivery.type(), name);
            received.removed(delivery.type(), name);
        }
        reader.release();
        seen.add(delivery.type());
        return ImmutableMap.copyOf(rejected);
    }

    private void publish() {
        ProxyConfig next = assembler.assemble();
        if (!next.equals(published)) {
            published = next;
            sink.apply(next);
        }
        reader.forgetSecrets();
        if (!warmSaid && seen.contains(XdsType.CLUSTER) && seen.contains(XdsType.LISTENER) && assembler.isWarm()) {
            warmSaid = true;
            sink.warm();
        }
    }

    private void watch(XdsType type) {
        ImmutableSet<String> awaited = assembler.awaited(type);
        if (!awaited.isEmpty()) {
            control.schedule(() -> giveUp(type, awaited), FETCH_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void giveUp(XdsType type, ImmutableSet<String> names) {
        Map<String, Boolean> still = new LinkedHashMap<>();
        assembler.awaited(type).stream().filter(names::contains).forEach(name -> still.put(name, true));
        if (!still.isEmpty() && !closed) {
            LOG.warn("no answer in time, going on without it type={} names={}", type, still.keySet());
            assembler.giveUpOn(type, still.keySet());
            publish();
        }
    }

    /** One stream after the other, in the words of one protocol variant. */
    private final class Exchange<Q, R> {
        private final AdsProtocol<Q, R> protocol;
        private final Function<StreamObserver<R>, StreamObserver<Q>> opener;
        private @Nullable StreamObserver<Q> requests;
        private int generation;

        Exchange(AdsProtocol<Q, R> protocol, Function<StreamObserver<R>, StreamObserver<Q>> opener) {
            this.protocol = protocol;
            this.opener = opener;
        }

        void connect() {
            if (closed) {
                return;
            }
            int mine = ++generation;
            StreamObserver<Q> opened = opener.apply(new Responses(mine));
            requests = opened;
            protocol.opened().forEach(opened::onNext);
        }

        void end() {
            generation++;
            StreamObserver<Q> open = requests;
            requests = null;
            if (open != null) {
                open.onCompleted();
            }
        }

        void received(R response) {
            StreamObserver<Q> open = requests;
            if (open == null) {
                return;
            }
            backoff.reset();
            Optional<Q> answer = protocol.received(response, AdsClient.this::receive);
            protocol.subscribe(XdsType.ENDPOINTS, assembler.wantedEndpoints()).ifPresent(request -> {
                open.onNext(request);
                watch(XdsType.ENDPOINTS);
            });
            protocol.subscribe(XdsType.SECRETS, assembler.wantedSecrets()).ifPresent(request -> {
                open.onNext(request);
                watch(XdsType.SECRETS);
            });
            protocol.subscribe(XdsType.ROUTES, assembler.wantedRoutes()).ifPresent(request -> {
                open.onNext(request);
                watch(XdsType.ROUTES);
            });
            publish();
            answer.ifPresent(open::onNext);
            status = status.received(clock.instant());
        }

        void ended(Status reason) {
            requests = null;
            Duration wait = backoff.next();
            status = status.disconnected(clock.instant(), reason.toString());
            if (!closed) {
                LOG.info("lost the control plane reason={} retryMillis={}", text(reason), wait.toMillis());
                control.schedule(this::connect, wait.toMillis(), TimeUnit.MILLISECONDS);
            }
        }

        private static String text(Status reason) {
            String description = reason.getDescription();
            return description == null ? reason.getCode().toString() : reason.getCode() + ": " + description;
        }

        /** Posts the callbacks of one stream onto the control thread; those of a stream before count no more. */
        private final class Responses implements StreamObserver<R> {
            private final int mine;

            Responses(int mine) {
                this.mine = mine;
            }

            @Override
            public void onNext(R response) {
                post(() -> received(response));
            }

            @Override
            public void onError(Throwable failure) {
                post(() -> ended(Status.fromThrowable(failure)));
            }

            @Override
            public void onCompleted() {
                post(() -> ended(Status.UNAVAILABLE.withDescription("the control plane ended the stream")));
            }

            private void post(Runnable task) {
                control.execute(() -> {
                    if (mine == generation) {
                        task.run();
                    }
                });
            }
        }
    }
}
