import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

/**
 * Generates the lite Java classes, the gRPC stubs and the compressed descriptor set of this module. Run by the Maven build as a
 * single source file, before compilation.
 *
 * <p>Envoy's protos come out of the Envoy API jar: the files named in roots.txt and whatever they import. Files that only declare
 * options (validation rules, annotations) are given to protoc to read, but get no class: lite classes keep no options, so that
 * nothing refers to them. Nothing is done if no input changed since the last run.
 */
public final class GenerateApi {
    /** Imported for their options alone. */
    private static final List<String> OPTIONS_ONLY = List.of(
            "validate/",
            "udpa/annotations/",
            "xds/annotations/",
            "envoy/annotations/",
            "google/api/annotations.proto",
            "google/api/http.proto");

    /** Their classes come with the protobuf runtime. */
    private static final String RUNTIME = "google/protobuf/";

    private static final Pattern IMPORT =
            Pattern.compile("^\\s*import\\s+(?:public\\s+|weak\\s+)?\"([^\"]+)\"\\s*;", Pattern.MULTILINE);

    private final Path module;
    private final Path tools;
    private final Path work;

    private GenerateApi(Path module) {
        this.module = module;
        this.tools = module.resolve("target/tools");
        this.work = module.resolve("target/protos");
    }

    /** @param args the folder of this module */
    public static void main(String[] args) throws Exception {
        new GenerateApi(Path.of(args[0])).run();
    }

    private void run() throws Exception {
        Path stamp = module.resolve("target/generate-api.stamp");
        String inputs = digestOfInputs();
        if (Files.exists(stamp) && Files.readString(stamp).equals(inputs)) {
            return;
        }
        // First of all, so that a run that fails half way is not taken for a finished one.
        Files.deleteIfExists(stamp);
        Path classes = emptied(module.resolve("target/generated-sources/protobuf"));
        Path resources = emptied(module.resolve("target/generated-resources/dev/weft/api"));
        emptied(work);
        unpack(tools.resolve("envoy-api.jar"));
        unpack(tools.resolve("protobuf.jar"));
        copyOwn();

        Set<String> closure = closure();
        List<String> generated = closure.stream()
                .filter(file -> !file.startsWith(RUNTIME) && OPTIONS_ONLY.stream().noneMatch(file::startsWith))
                .toList();
        List<String> described = closure.stream()
                .filter(file -> OPTIONS_ONLY.stream().noneMatch(file::startsWith))
                .toList();

        Path protoc = executable("protoc.exe");
        Path grpc = executable("protoc-gen-grpc-java.exe");
        protoc(
                protoc,
                generated,
                "--plugin=protoc-gen-grpc-java=" + grpc,
                "--java_out=lite:" + classes,
                "--grpc-java_out=lite:" + classes);
        Path descriptors = work.resolve("descriptors.binpb");
        protoc(protoc, described, "--include_imports", "--descriptor_set_out=" + descriptors);
        Files.write(resources.resolve("descriptors.binpb.gz"), gzip(Files.readAllBytes(descriptors)));
        Files.writeString(stamp, inputs);
    }

    private void protoc(Path protoc, List<String> files, String... options) throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of(options));
        arguments.add("-I" + work);
        arguments.addAll(files);
        Path list = Files.write(work.resolve("arguments.txt"), arguments);
        Process process = new ProcessBuilder(protoc.toString(), "@" + list)
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException("protoc failed: " + output);
        }
    }

    /** Every file reachable from the roots and from our own protos, in a fixed order. */
    private Set<String> closure() throws IOException {
        Deque<String> open = new ArrayDeque<>();
        for (String line : Files.readAllLines(module.resolve("src/build/resources/roots.txt"))) {
            if (!line.isBlank() && !line.startsWith("#")) {
                open.add(line.strip());
            }
        }
        Path own = module.resolve("src/main/proto");
        for (Path file : files(own)) {
            open.add(own.relativize(file).toString().replace('\\', '/'));
        }
        Set<String> seen = new TreeSet<>();
        while (!open.isEmpty()) {
            String file = open.remove();
            if (!seen.add(file)) {
                continue;
            }
            Matcher imports = IMPORT.matcher(Files.readString(work.resolve(file)));
            while (imports.find()) {
                open.add(imports.group(1));
            }
        }
        return seen;
    }

    private void unpack(Path jar) throws IOException {
        try (FileSystem zip = FileSystems.newFileSystem(jar)) {
            Path root = zip.getPath("/");
            for (Path file : files(root)) {
                if (file.toString().endsWith(".proto")) {
                    copy(file, work.resolve(root.relativize(file).toString()));
                }
            }
        }
    }

    private void copyOwn() throws IOException {
        Path own = module.resolve("src/main/proto");
        for (Path file : files(own)) {
            copy(file, work.resolve(own.relativize(file).toString()));
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to.getParent());
        Files.write(to, Files.readAllBytes(from));
    }

    private Path executable(String name) {
        Path file = tools.resolve(name);
        if (!file.toFile().setExecutable(true) && !Files.isExecutable(file)) {
            throw new IllegalStateException(file + " cannot be made executable");
        }
        return file;
    }

    private String digestOfInputs() throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        List<Path> inputs = new ArrayList<>(files(module.resolve("src")));
        inputs.addAll(files(tools));
        for (Path input : inputs) {
            digest.update(module.relativize(input).toString().getBytes(StandardCharsets.UTF_8));
            digest.update(Files.readAllBytes(input));
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }

    private static Path emptied(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> old = Files.walk(folder)) {
                old.sorted(Comparator.reverseOrder()).forEach(path -> {
                    try {
                        Files.delete(path);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
            }
        }
        return Files.createDirectories(folder);
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        }
        return out.toByteArray();
    }
}
