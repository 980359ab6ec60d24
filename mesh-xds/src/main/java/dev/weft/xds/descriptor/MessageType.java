package dev.weft.xds.descriptor;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSortedMap;
import com.google.errorprone.annotations.Immutable;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One message: its fields by number, and by every name that JSON may use. */
@Immutable
public final class MessageType {
    private final String fullName;
    private final ImmutableSortedMap<Integer, FieldType> byNumber;
    private final ImmutableMap<String, FieldType> byName;
    private final boolean mapEntry;

    MessageType(String fullName, ImmutableSortedMap<Integer, FieldType> byNumber, boolean mapEntry) {
        this.fullName = fullName;
        this.byNumber = byNumber;
        this.mapEntry = mapEntry;
        ImmutableMap.Builder<String, FieldType> names = ImmutableMap.builder();
        for (FieldType field : byNumber.values()) {
            names.put(field.name(), field);
            if (!field.jsonName().equals(field.name())) {
                names.put(field.jsonName(), field);
            }
        }
        this.byName = names.buildKeepingLast();
    }

    public String fullName() {
        return fullName;
    }

    /** The last part of the name. */
    public String shortName() {
        return fullName.substring(fullName.lastIndexOf('.') + 1);
    }

    /** By rising number. */
    public ImmutableSortedMap<Integer, FieldType> fields() {
        return byNumber;
    }

    public @Nullable FieldType field(int number) {
        return byNumber.get(number);
    }

    /** By the name in the proto file or its lowerCamelCase form. */
    public Optional<FieldType> field(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /** Whether this is the pair of key (1) and value (2) behind a map field. */
    public boolean mapEntry() {
        return mapEntry;
    }

    @Override
    public String toString() {
        return fullName;
    }
}
