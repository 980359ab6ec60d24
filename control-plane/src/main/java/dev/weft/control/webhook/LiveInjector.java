package dev.weft.control.webhook;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import dev.weft.injector.Injector;
import dev.weft.injector.config.InjectorConfig;
import dev.weft.injector.config.InjectorConfigReader;
import dev.weft.injector.settings.PodSettings.Placement;
import dev.weft.injector.tree.Note;
import dev.weft.resources.MeshConfig;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The injector of this moment. Whoever watches the ConfigMap {@code weft-injector} hands it each version; {@link InjectHandler} asks it for each pod. Thread safe.
 * The surprising rule: a version that cannot be used is reported and the one before stays, so that a typing error never stops pods from starting.
 */
public final class LiveInjector implements Supplier<Injector> {
    /** The keys of the ConfigMap. */
    public static final String VALUES = "values";

    public static final String TEMPLATES = "templates";

    private static final Logger LOG = LoggerFactory.getLogger(LiveInjector.class);

    private final Supplier<MeshConfig> mesh;
    private volatile InjectorConfig config;
    private volatile Placement automatic = Placement.NATIVE_SIDECAR;
    private volatile ImmutableList<Note> notes = ImmutableList.of();

    /**
     * @param first holds until a ConfigMap comes
     * @param mesh the mesh configuration in force
     */
    public LiveInjector(InjectorConfig first, Supplier<MeshConfig> mesh) {
        this.config = first;
        this.mesh = mesh;
    }

    @Override
    public Injector get() {
        return new Injector(config, mesh.get(), automatic);
    }

    /** The ConfigMap's data changed. */
    public void onData(Map<String, String> data) {
        InjectorConfigReader.Outcome read =
                InjectorConfigReader.read(data.getOrDefault(VALUES, ""), data.getOrDefault(TEMPLATES, ""));
        notes = read.notes();
        if (read.isUsable()) {
            config = read.config();
            LOG.info("read injector configuration revision={} notes={}", config.revision(), notes.size());
        } else {
            LOG.warn(
                    "injector configuration is not usable, the one before stays notes=\"{}\"",
                    String.join("; ", notes.stream().map(Note::text).toList()));
        }
    }

    /** What the API server says of its version, such as {@code 1} and {@code 34+}. */
    public void onServerVersion(String major, String minor) {
        String digits = Splitter.onPattern("[^0-9]").split(minor).iterator().next();
        boolean known = major.equals("1") && digits.matches("[0-9]{1,4}");
        automatic = known ? Injector.automatic(Integer.parseInt(digits)) : Placement.NATIVE_SIDECAR;
    }

    /** What is to be said about the last version of the ConfigMap. */
    public ImmutableList<Note> notes() {
        return notes;
    }
}
