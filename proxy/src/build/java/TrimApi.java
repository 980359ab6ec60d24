import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeElement;
import java.lang.classfile.FieldModel;
import java.lang.classfile.FieldTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.lang.classfile.attribute.SignatureAttribute;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.LoadableConstantEntry;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.classfile.constantpool.MethodHandleEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.LocalDateTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Takes out of the proxy's copy of the API classes the methods that nobody in the proxy calls: a lite message has a dozen accessors for
 * each field, of which a proxy uses one or two, and every one costs each sidecar some 300 bytes of resident memory. Run on the folder
 * of the proxy's jars when a distribution is put together, as a single source file.
 *
 * <p>A method stays if a method that stays, or any class of another jar, names it by name and type, whatever the class; if it is a
 * constructor or an initializer; or if a supertype outside of the jar declares it. Fields stay: the protobuf runtime finds them by
 * reflection. So do all classes, which cost nothing until they are loaded. Names of locals, line numbers and generic signatures of these
 * generated classes go.
 *
 * <p>Afterwards every reference to a method of the jar is looked up again. The run fails if one is not found.
 */
public final class TrimApi {
    private static final String TRIMMED = "weft-api-protos-";
    private static final ClassFile READING = ClassFile.of();
    /** Of every entry: the same input gives the same bytes. */
    private static final LocalDateTime TIME = LocalDateTime.of(2026, 1, 1, 0, 0);

    private final Map<String, ClassModel> trimmed = new TreeMap<>();
    private final Map<String, ClassModel> others = new HashMap<>();
    private final Map<String, byte[]> resources = new TreeMap<>();
    private final Map<String, List<Member>> bySignature = new HashMap<>();
    private final Map<String, Set<String>> declaredOutside = new HashMap<>();
    private final Set<Member> kept = new HashSet<>();
    private final Set<String> wanted = new HashSet<>();
    private final Deque<Member> unread = new ArrayDeque<>();

    private record Member(String owner, String signature, MethodModel method) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Member that && owner.equals(that.owner) && signature.equals(that.signature);
        }

        @Override
        public int hashCode() {
            return owner.hashCode() * 31 + signature.hashCode();
        }
    }

    /** @param args the folder of the jars */
    public static void main(String[] args) throws IOException {
        new TrimApi().run(Path.of(args[0]));
    }

    private void run(Path folder) throws IOException {
        List<Path> jars;
        try (Stream<Path> files = Files.list(folder)) {
            jars = files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
        }
        Path target = null;
        for (Path jar : jars) {
            if (jar.getFileName().toString().startsWith(TRIMMED)) {
                target = jar;
                read(jar, trimmed, resources);
            } else {
                read(jar, others, new HashMap<>());
            }
        }
        if (target == null) {
            throw new IllegalStateException("no " + TRIMMED + "*.jar in " + folder);
        }
        mark();
        Map<String, byte[]> written = new TreeMap<>(resources);
        Map<String, Set<String>> methods = new HashMap<>();
        for (Map.Entry<String, ClassModel> each : trimmed.entrySet()) {
            byte[] bytes = trim(each.getValue());
            written.put(each.getKey() + ".class", bytes);
            methods.put(each.getKey(), signatures(READING.parse(bytes)));
        }
        check(methods);
        write(target, written);
    }

    private static void read(Path jar, Map<String, ClassModel> classes, Map<String, byte[]> rest) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            for (JarEntry entry : Collections.list(file.entries())) {
                if (entry.isDirectory() || entry.getName().startsWith("META-INF/versions/")) {
                    continue;
                }
                byte[] bytes;
                try (InputStream in = file.getInputStream(entry)) {
                    bytes = in.readAllBytes();
                }
                String name = entry.getName();
                if (name.endsWith(".class") && !name.endsWith("module-info.class")) {
                    classes.put(name.substring(0, name.length() - ".class".length()), READING.parse(bytes));
                } else {
                    rest.put(name, bytes);
                }
            }
        }
    }

    // ---- which methods stay ----------------------------------------------------------------------------------------

    private void mark() {
        trimmed.forEach((name, model) -> {
            for (MethodModel method : model.methods()) {
                bySignature
                        .computeIfAbsent(signature(method), missing -> new ArrayList<>())
                        .add(new Member(name, signature(method), method));
            }
        });
        trimmed.forEach((name, model) -> {
            Set<String> outside = declaredOutside(name);
            for (MethodModel method : model.methods()) {
                String signature = signature(method);
                if (signature.startsWith("<") || outside.contains(signature)) {
                    keep(new Member(name, signature, method));
                }
            }
        });
        for (ClassModel model : others.values()) {
            for (PoolEntry entry : model.constantPool()) {
                if (entry instanceof MemberRefEntry ref) {
                    want(ref);
                }
            }
        }
        while (!unread.isEmpty()) {
            unread.remove().method().code().ifPresent(code -> code.forEach(this::follow));
        }
    }

    private void follow(CodeElement element) {
        switch (element) {
            case InvokeInstruction call -> want(call.method());
            case InvokeDynamicInstruction call -> {
                want(call.invokedynamic().bootstrap().bootstrapMethod().reference());
                for (LoadableConstantEntry argument : call.invokedynamic().bootstrap().arguments()) {
                    if (argument instanceof MethodHandleEntry handle) {
                        want(handle.reference());
                    }
                }
            }
            default -> {}
        }
    }

    private void want(MemberRefEntry ref) {
        if (!trimmed.containsKey(ref.owner().asInternalName())) {
            return;
        }
        String signature = ref.name().stringValue() + ref.type().stringValue();
        if (wanted.add(signature)) {
            bySignature.getOrDefault(signature, List.of()).forEach(this::keep);
        }
    }

    private void keep(Member member) {
        if (kept.add(member)) {
            unread.add(member);
        }
    }

    /** What the supertypes outside of the jar declare: the protobuf runtime and the JDK call it without naming the class. */
    private Set<String> declaredOutside(String name) {
        Set<String> known = declaredOutside.get(name);
        if (known != null) {
            return known;
        }
        Set<String> all = new HashSet<>();
        ClassModel model = trimmed.get(name);
        for (String above : supertypes(model)) {
            if (trimmed.containsKey(above)) {
                all.addAll(declaredOutside(above));
            } else {
                addDeclared(above, all);
            }
        }
        declaredOutside.put(name, all);
        return all;
    }

    private void addDeclared(String name, Set<String> all) {
        ClassModel model = others.get(name);
        if (model == null) {
            model = ofRuntime(name);
        }
        all.addAll(signatures(model));
        for (String above : supertypes(model)) {
            addDeclared(above, all);
        }
    }

    private static ClassModel ofRuntime(String name) {
        try (InputStream in = ClassLoader.getSystemResourceAsStream(name + ".class")) {
            if (in == null) {
                throw new IllegalStateException("the class " + name + " is in none of the jars");
            }
            return READING.parse(in.readAllBytes());
        } catch (IOException e) {
            throw new IllegalStateException("cannot read the class " + name, e);
        }
    }

    private static List<String> supertypes(ClassModel model) {
        List<String> names = new ArrayList<>();
        model.superclass().map(ClassEntry::asInternalName).ifPresent(names::add);
        model.interfaces().forEach(each -> names.add(each.asInternalName()));
        return names;
    }

    private static Set<String> signatures(ClassModel model) {
        Set<String> signatures = new HashSet<>();
        model.methods().forEach(method -> signatures.add(signature(method)));
        return signatures;
    }

    private static String signature(MethodModel method) {
        return method.methodName().stringValue() + method.methodType().stringValue();
    }

    // ---- writing ---------------------------------------------------------------------------------------------------

    private byte[] trim(ClassModel model) {
        String name = model.thisClass().asInternalName();
        ClassFile writing = ClassFile.of(
                ClassFile.ConstantPoolSharingOption.NEW_POOL,
                ClassFile.DebugElementsOption.DROP_DEBUG,
                ClassFile.LineNumbersOption.DROP_LINE_NUMBERS,
                ClassFile.ClassHierarchyResolverOption.of(hierarchy()));
        MethodTransform ofMethod = MethodTransform.dropping(element -> element instanceof SignatureAttribute);
        FieldTransform ofField = FieldTransform.dropping(element -> element instanceof SignatureAttribute);
        ClassTransform transform = (builder, element) -> {
            switch (element) {
                case MethodModel method -> {
                    if (kept.contains(new Member(name, signature(method), method))) {
                        builder.transformMethod(method, ofMethod);
                    }
                }
                case FieldModel field -> builder.transformField(field, ofField);
                case SignatureAttribute ignored -> {}
                default -> builder.with(element);
            }
        };
        return writing.transformClass(model, transform);
    }

    private ClassHierarchyResolver hierarchy() {
        return ClassHierarchyResolver.ofResourceParsing((ClassDesc type) -> {
                    String descriptor = type.descriptorString();
                    String name = descriptor.substring(1, descriptor.length() - 1);
                    ClassModel model = trimmed.containsKey(name) ? trimmed.get(name) : others.get(name);
                    return model == null ? null : new ByteArrayInputStream(READING.transformClass(model, ClassTransform.ACCEPT_ALL));
                })
                .orElse(ClassHierarchyResolver.defaultResolver())
                .cached();
    }

    private static void write(Path jar, Map<String, byte[]> content) throws IOException {
        Path next = jar.resolveSibling(jar.getFileName() + ".new");
        try (OutputStream file = Files.newOutputStream(next);
                ZipOutputStream out = new ZipOutputStream(file)) {
            for (Map.Entry<String, byte[]> each : content.entrySet()) {
                ZipEntry entry = new ZipEntry(each.getKey());
                entry.setTimeLocal(TIME);
                out.putNextEntry(entry);
                out.write(each.getValue());
                out.closeEntry();
            }
        }
        Files.move(next, jar, StandardCopyOption.REPLACE_EXISTING);
    }

    // ---- the check behind it ---------------------------------------------------------------------------------------

    private void check(Map<String, Set<String>> methods) {
        List<String> lost = new ArrayList<>();
        for (Map.Entry<String, ClassModel> each : others.entrySet()) {
            for (PoolEntry entry : each.getValue().constantPool()) {
                if (entry instanceof MemberRefEntry ref && ref.type().stringValue().startsWith("(")) {
                    String signature = ref.name().stringValue() + ref.type().stringValue();
                    String owner = ref.owner().asInternalName();
                    if (trimmed.containsKey(owner) && !isFound(owner, signature, methods)) {
                        lost.add(owner + "." + signature + ", named by " + each.getKey());
                    }
                }
            }
        }
        if (!lost.isEmpty()) {
            throw new IllegalStateException("methods that are called were taken out: " + lost);
        }
    }

    private boolean isFound(String owner, String signature, Map<String, Set<String>> methods) {
        Set<String> own = methods.get(owner);
        if (own == null) {
            Set<String> all = new HashSet<>();
            addDeclared(owner, all);
            return all.contains(signature);
        }
        if (own.contains(signature)) {
            return true;
        }
        for (String above : supertypes(trimmed.get(owner))) {
            if (isFound(above, signature, methods)) {
                return true;
            }
        }
        return false;
    }
}
