// The list, the health and the commands of devices fail in the same ways and may vanish one without the other. What a
// failure means is decided here, once for the three of them (Graph facts, Devices).

import GraphClient

/// What a failed request to the device API means, whichever call it was.
enum DeviceRefusal: Error, Hashable {
    /// 401 or 403.
    case notGranted
    /// 402.
    case metered
    /// The call no longer exists.
    case retired
    /// 404 of a request about one device: the call exists, the device does not.
    case unknownDevice
    /// The word is the kind of failure.
    case transient(String)

    init(_ error: GraphError, ofOneDevice: Bool) {
        switch error.reason {
        case .unauthorised, .forbidden: self = .notGranted
        case .paymentRequired: self = .metered
        case _ where error.looksRetired: self = .retired
        case .notFound: self = ofOneDevice ? .unknownDevice : .retired
        case .gone, .rejected(status: 405, _), .server(status: 501, _): self = .retired
        default: self = .transient(FailureKind.word(error))
        }
    }
}
