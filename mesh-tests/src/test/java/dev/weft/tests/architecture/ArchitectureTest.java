package dev.weft.tests.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The tables of {@code src/test/resources/architecture} against the compiled classes. */
class ArchitectureTest {
    private static JavaClasses classes;

    @BeforeAll
    static void read() {
        classes = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("dev.weft");
    }

    @Test
    void packagesImportOnlyLowerLayers() {
        List<String> breaches = new ArrayList<>();
        for (Program program : programs()) {
            for (JavaClass origin : classes) {
                Integer from = program.layerOf(origin.getPackageName());
                if (from == null) {
                    continue;
                }
                for (Dependency dependency : origin.getDirectDependenciesFromSelf()) {
                    String target =
                            dependency.getTargetClass().getBaseComponentType().getPackageName();
                    Integer to = program.layerOf(target);
                    if (to != null
                            && to >= from
                            && !program.roomOf(target).equals(program.roomOf(origin.getPackageName()))) {
                        breaches.add(program.roomOf(origin.getPackageName()) + " (" + origin.getSimpleName()
                                + ") must not import " + program.roomOf(target) + " ("
                                + dependency.getTargetClass().getSimpleName() + ")");
                    }
                }
            }
        }
        assertThat(new TreeSet<>(breaches)).isEmpty();
    }

    @Test
    void everyPackageOfAProgramHasALayer() {
        TreeSet<String> unknown = new TreeSet<>();
        for (Program program : programs()) {
            classes.stream()
                    .map(JavaClass::getPackageName)
                    .filter(name -> name.equals(program.root) || name.startsWith(program.root + "."))
                    .filter(name -> program.layerOf(name) == null)
                    .forEach(unknown::add);
        }

        assertThat(unknown).isEmpty();
    }

    @Test
    void modulesUseOnlyTheirLibraries() {
        TreeSet<String> breaches = new TreeSet<>();
        libraries().forEach((module, allowed) -> {
            for (JavaClass origin : classes) {
                if (!inside(origin.getPackageName(), module)) {
                    continue;
                }
                for (Dependency dependency : origin.getDirectDependenciesFromSelf()) {
                    String target =
                            dependency.getTargetClass().getBaseComponentType().getPackageName();
                    boolean fine = target.isEmpty()
                            || inside(target, module)
                            || target.startsWith("java.")
                            || inside(target, "org.jspecify")
                            || inside(target, "com.google.errorprone.annotations")
                            || allowed.stream().anyMatch(prefix -> inside(target, prefix));
                    if (!fine) {
                        breaches.add(module + " uses " + target + " in " + origin.getName());
                    }
                }
            }
        });
        assertThat(breaches).isEmpty();
    }

    @Test
    void everyPackageIsNullMarked() {
        TreeSet<String> unmarked = new TreeSet<>();
        for (JavaClass type : classes) {
            String name = type.getPackageName();
            boolean generated = name.startsWith("dev.weft.api") || name.startsWith("dev.weft.examples");
            boolean ours = name.startsWith("dev.weft.") && !name.startsWith("dev.weft.tests") && !generated;
            if (ours && !type.getPackage().isAnnotatedWith(NullMarked.class)) {
                unmarked.add(name);
            }
        }
        assertThat(unmarked).isEmpty();
    }

    @Test
    void nobodyUsesBannedAnnotations() {
        TreeSet<String> breaches = new TreeSet<>();
        for (JavaClass origin : classes) {
            boolean generated = origin.getPackageName().startsWith("dev.weft.api")
                    || origin.getPackageName().startsWith("dev.weft.examples");
            for (Dependency dependency : origin.getDirectDependenciesFromSelf()) {
                String target = dependency.getTargetClass().getPackageName();
                if (!generated && target.startsWith("javax.annotation")) {
                    breaches.add(origin.getName() + " uses " + target);
                }
            }
        }
        assertThat(breaches).isEmpty();
    }

    private static boolean inside(String name, String prefix) {
        return name.equals(prefix) || name.startsWith(prefix + ".");
    }

    private static List<Program> programs() {
        List<Program> programs = new ArrayList<>();
        for (String line : lines("layers.txt")) {
            if (!line.startsWith(" ")) {
                programs.add(new Program(line.trim().split("\\s+")[1], new LinkedHashMap<>()));
            } else {
                Program current = programs.getLast();
                int layer = current.rooms.values().stream()
                        .mapToInt(n -> n + 1)
                        .max()
                        .orElse(0);
                for (String room : line.trim().split("\\s+")) {
                    current.rooms.put(room, layer);
                }
            }
        }
        return programs;
    }

    private static Map<String, List<String>> libraries() {
        Map<String, List<String>> table = new LinkedHashMap<>();
        for (String line : lines("libraries.txt")) {
            String[] parts = line.split(":", 2);
            table.put(parts[0].trim(), List.of(parts[1].trim().split("\\s+")));
        }
        return table;
    }

    private static List<String> lines(String file) {
        try (InputStream in = ArchitectureTest.class.getResourceAsStream("/architecture/" + file)) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return text.lines().filter(l -> !l.isBlank() && !l.startsWith("#")).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@code rooms}: layer by the first part of the package name below the root, {@code .} for the root itself. */
    private record Program(String root, Map<String, Integer> rooms) {
        Integer layerOf(String name) {
            return inside(name, root) ? rooms.get(roomOf(name)) : null;
        }

        String roomOf(String name) {
            if (name.equals(root)) {
                return ".";
            }
            String below = name.substring(root.length() + 1);
            int dot = below.indexOf('.');
            return dot < 0 ? below : below.substring(0, dot);
        }
    }
}
