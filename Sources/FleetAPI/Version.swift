// The one place that knows the version; user agents, the API and packages read it from here.

/// Roomwatch's version, by semantic versioning.
public enum Version {
    public static let text = "0.1.0"
}
