// What a token allows, one line for each permission that something switched on needs: what is missing now and was there
// before is a loss, and AccessBook says whose incident that is.

extension PermissionGrant {
    /// The permissions that `modules` need, with those in `roles` granted.
    ///
    /// - Returns: `nil` for roles that could not be read, of which nothing follows.
    public static func all(roles: [String]?, modules: Set<FleetModule>) -> [PermissionGrant]? {
        guard let roles else { return nil }
        let granted = Set(roles.map { $0.lowercased() })
        return PermissionNeed.all.filter { modules.contains($0.module) }.map { need in
            PermissionGrant(
                name: need.permission,
                isGranted: need.sufficient.contains { granted.contains($0.lowercased()) },
                isForSight: need.isForSight, loss: need.lossWhileRunning ?? need.loss)
        }
    }
}
