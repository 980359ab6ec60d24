package dev.weft.proxy;

import com.google.protobuf.MessageLite;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;

/** Prints records of the model as indented text, for {@code --print-config}: a reader's view, not a format to parse. */
final class ModelText {
    private final StringBuilder out = new StringBuilder();

    private ModelText() {}

    static String of(Record root) {
        ModelText text = new ModelText();
        text.fields(root, 0);
        return text.out.toString();
    }

    private void fields(Record record, int depth) {
        for (RecordComponent component : record.getClass().getRecordComponents()) {
            field(component.getName(), read(record, component), depth);
        }
    }

    private static Object read(Record record, RecordComponent component) {
        try {
            component.getAccessor().setAccessible(true);
            Object value = component.getAccessor().invoke(record);
            return value == null ? "" : value;
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new AssertionError("a record's accessor only reads", e);
        }
    }

    private void field(String name, Object value, int depth) {
        switch (value) {
            case Optional<?> optional -> optional.ifPresent(inner -> field(name, inner, depth));
            case Collection<?> all when all.isEmpty() -> {}
            case Map<?, ?> all when all.isEmpty() -> {}
            case Collection<?> all -> {
                line(name + ":", depth);
                all.forEach(element -> element(element, depth + 1));
            }
            case Map<?, ?> all -> {
                line(name + ":", depth);
                all.forEach((key, element) -> field(String.valueOf(key), element, depth + 1));
            }
            case MessageLite message -> line(name + ": " + message.getSerializedSize() + " bytes", depth);
            case Record record
            when record.getClass().getRecordComponents().length > 0 -> {
                line(name + ": " + record.getClass().getSimpleName(), depth);
                fields(record, depth + 1);
            }
            default -> line(name + ": " + value, depth);
        }
    }

    private void element(Object element, int depth) {
        if (element instanceof Record record && record.getClass().getRecordComponents().length > 0) {
            line("- " + record.getClass().getSimpleName(), depth);
            fields(record, depth + 1);
        } else {
            line("- " + element, depth);
        }
    }

    private void line(String text, int depth) {
        out.append("  ".repeat(depth)).append(text).append('\n');
    }
}
