package dev.weft.control.webhook;

/** Decides about one object. Called on threads that may block; must not have effects, since the API server also asks in dry runs. */
public interface AdmissionHandler {
    AdmissionAnswer handle(AdmissionRequest request);
}
