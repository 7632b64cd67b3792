// Opening the store may do things that the operator must hear of although nothing failed.

public import struct Foundation.Date

/// Something notable that happened while the store was opened.
public enum OpenRemark: Sendable, Hashable {
    /// There was no database; an empty one was made.
    case created(path: String)
    /// The database was damaged. It was renamed and a new one was made: everything that was known is forgotten,
    /// pages that were waiting included.
    case setAside(path: String, renamedTo: String, reason: String)
    /// The schema was brought forward; the copy holds the database as it was.
    case migrated(from: Int, to: Int, copy: String)
    /// This is the first start after a restore. `newest` is what the copy knew last, `heldBack` the notifications that
    /// wait until the sweeps have seen what is over.
    case restored(copy: String, newest: Date?, at: Date, heldBack: Int)
    /// The disk has no space. The daemon works from memory, and begins from what the store knew if there was one.
    case withoutSpace(path: String, reason: String, knowsEarlier: Bool)
}

extension OpenRemark {
    /// Whether something was lost, rather than only done.
    public var isAlarming: Bool {
        switch self {
        case .created, .migrated, .restored: false
        case .setAside, .withoutSpace: true
        }
    }
}

extension OpenRemark: CustomStringConvertible {
    public var description: String {
        switch self {
        case .created(let path):
            "a new store was made at \(path)"
        case .setAside(let path, let renamed, let reason):
            "the store \(path) was damaged (\(reason)); it was renamed to \(renamed) and a new one was begun, so open "
                + "incidents and unsent notifications from before are lost: check the disk, and look into the renamed "
                + "file with sqlite3"
        case .migrated(let from, let to, let copy):
            "the store was upgraded from schema version \(from) to \(to); the database as it was is kept as \(copy) "
                + "and may be deleted once the upgrade has proved itself"
        case .restored(let copy, let newest, let at, let heldBack):
            "the store was restored at \(at.formatted(.iso8601)) from \(copy), which ends "
                + (newest.map { $0.formatted(.iso8601) } ?? "before anything happened")
                + (heldBack > 0
                    ? "; \(heldBack) notifications that waited in it go out in two minutes, unless what they speak of is "
                        + "over; receivers may have heard them before, under the same id"
                    : "")
                + ". What opened after that and was over before this start is not known: close it at its receiver"
        case .withoutSpace(let path, let reason, let knowsEarlier):
            "\(reason). Rooms are watched and pages are sent all the same, "
                + (knowsEarlier ? "beginning from what the store knows; " : "beginning from nothing; ")
                + "what happens is kept in memory and written once \(path) can be. A restart before that forgets it, "
                + "and until a restart after it no other program can open the store"
        }
    }
}
