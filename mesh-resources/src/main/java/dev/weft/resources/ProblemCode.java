package dev.weft.resources;

/** What kind of problem it is: a closed set with stable names, which metrics and conditions use as they are. */
public enum ProblemCode {
    UNREADABLE_FILE,
    NOT_YAML,
    NOT_AN_OBJECT,
    UNKNOWN_KIND,
    UNKNOWN_API_VERSION,
    UNKNOWN_FIELD,
    UNSUPPORTED_KIND,
    UNSUPPORTED_FIELD,
    UNSUPPORTED_VALUE,
    MISSING_FIELD,
    WRONG_TYPE,
    INVALID_VALUE,
    CONFLICT,
    DUPLICATE,
    DEPRECATED,
    INEFFECTIVE,
    NOT_FOUND
}
