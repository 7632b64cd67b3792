// How findings about accounts read: on pages, in lists, and as what to do about them.

public import struct Foundation.Date
import Timekeeping

extension AccountFinding {
    /// What is so, as the end of a sentence about the room: `its account is disabled`.
    public func sentence(at now: Date) -> String {
        switch trouble {
        case .disabled: "its account is disabled"
        case .noLicence(let isLost): isLost ? "its account lost its licence" : "its account has no licence"
        case .wrongLicence(let name, let isShared, let isLost):
            "its account \(isLost ? "lost its Teams Rooms licence and has" : "has") only "
                + (isShared ? "Teams Shared Devices (\(name))" : "a licence for people (\(name))")
        case .licenceError(let error):
            "its licence \(error.product) is in the state \(error.state)"
                + (error.error.map { " (\($0): \(Self.words(of: $0)))" } ?? "")
        case .basicLimit(let holders):
            "\(holders) accounts hold Teams Rooms Basic, of which a tenant may use \(Self.basicLicences)"
        case .passwordExpiry(let end, let isAssumed):
            Self.sentence(end: end, isAssumed: isAssumed, now: now)
        }
    }

    private static func sentence(end: Date, isAssumed: Bool, now: Date) -> String {
        let day = UTCText.date(end)
        let left = Duration.seconds(end.timeIntervalSince(now))
        if isAssumed {
            return left > .zero
                ? "its password expires on \(day) if the tenant keeps Microsoft's \(PasswordPolicy.assumedDays) days"
                : "its password expired on \(day) if the tenant keeps Microsoft's \(PasswordPolicy.assumedDays) days"
        }
        return left > .zero
            ? "its password expires in \(left.inDays) (\(day))" : "its password expired on \(day)"
    }

    /// What to do about it.
    public var remedy: String {
        switch trouble {
        case .disabled: "Unblock sign-in of the account in the Entra admin center, or list it under inventory.exclude."
        case .noLicence: "Assign Teams Rooms Pro (or Basic) to the account."
        case .wrongLicence(_, let isShared, _):
            isShared
                ? "Assign Teams Rooms Pro (or Basic) to the account; Shared Devices is for panels and phones."
                : "Assign Teams Rooms Pro (or Basic) to the account; rooms with licences for people are blocked since 2023."
        case .licenceError(let error): Self.remedy(of: error.error)
        case .basicLimit: "Assign Teams Rooms Pro to the accounts beyond the \(Self.basicLicences)."
        case .passwordExpiry(_, let isAssumed):
            isAssumed
                ? "Say how long passwords live under inventory.password_expiry (never, or a number of days), or let the "
                    + "account's password never expire (DisablePasswordExpiration)."
                : "Set a new password on the account and the device, or let the account's password never expire "
                    + "(DisablePasswordExpiration)."
        }
    }

    /// Microsoft's words for a faulty assignment (Graph facts, Licences); others are quoted as they are.
    private static func words(of error: String) -> String {
        switch error.lowercased() {
        case "countviolation": "the tenant has none left"
        case "mutuallyexclusiveviolation": "it excludes another licence of the account"
        case "dependencyviolation": "it needs a service that the account lacks"
        case "prohibitedinusagelocationviolation": "it is not sold in the account's usage location"
        case "uniquenessviolation": "an address of the account is in use elsewhere"
        default: "see the licences of the account"
        }
    }

    private static func remedy(of error: String?) -> String {
        switch error?.lowercased() {
        case "countviolation": "Buy or free licences of the product, then reprocess the account's licences."
        case "mutuallyexclusiveviolation": "Remove the licence that excludes it."
        case "dependencyviolation": "Enable the service plan that it needs."
        case "prohibitedinusagelocationviolation": "Correct the usage location of the account."
        case "uniquenessviolation": "Remove the address from the other account."
        default: "Open the account's licences in the Microsoft 365 admin center and reprocess the assignment."
        }
    }
}

extension Duration {
    /// Whole days, or less where there is not one left.
    fileprivate var inDays: String {
        let days = Int(seconds / 86_400)
        return days >= 2 ? "\(days) days" : inWords
    }
}
