// `tenants`: the part of the configuration where a mistake is dearest, because a wrong tenant or a token sent to the
// wrong host is worse than no monitoring.

import FleetCore

extension Reading {
    /// The tenants that can be read, and the names of all, so that one mistake in a tenant is not reported wherever it
    /// is named.
    func tenants(_ document: Section) -> (tenants: [TenantConfiguration], names: Set<TenantName>) {
        let remedy = "name at least one tenant: tenants: [{name, tenant_id, client_id, credential}]"
        guard let field = document.required("tenants", remedy: remedy),
            let items = field.list(maximum: Self.maximumEntries)
        else { return ([], []) }
        if items.isEmpty { field.refuse("is empty", remedy: remedy) }
        var seen: Set<String> = []
        let tenants = items.compactMap { tenant($0, seen: &seen) }
        return (tenants, Set(seen.map { TenantName($0) }))
    }

    private func tenant(_ item: Field, seen: inout Set<String>) -> TenantConfiguration? {
        let keys = ["name", "tenant_id", "client_id", "cloud", "credential", "endpoints", "inventory"]
        guard let section = item.section(keys) else { return nil }
        let name = tenantName(section, seen: &seen)
        let tenantID = section.required(
            "tenant_id", remedy: "copy the directory (tenant) id from the Entra admin centre"
        ).flatMap(directoryID)
        let clientID = section.required(
            "client_id", remedy: "copy the application (client) id from the Entra admin centre"
        )?.guid()
        let cloud = section["cloud"].map { $0.word(TenantConfiguration.Cloud.self) } ?? .global
        let credential = section.required(
            "credential", remedy: "give client_secret_file, or certificate_file and private_key_file"
        ).flatMap(credential)
        let secretExpires = section["credential"].flatMap(secretExpiry)
        let endpoints = section["endpoints"].flatMap(endpoints) ?? EndpointConfiguration()
        let inventory = section["inventory"].flatMap(inventory) ?? InventoryConfiguration()
        guard let name, let tenantID, let clientID, let cloud, let credential else { return nil }
        return TenantConfiguration(
            name: name, tenantID: tenantID, clientID: clientID, cloud: cloud, credential: credential,
            secretExpires: secretExpires, endpoints: endpoints, inventory: inventory)
    }

    private func tenantName(_ section: Section, seen: inout Set<String>) -> TenantName? {
        guard let field = section.required("name", remedy: "give the tenant a short name, such as contoso"),
            let text = field.text()
        else { return nil }
        guard Identifiers.isTenantName(text) else {
            field.refuse(
                "\(text.quoted) is no tenant name",
                remedy: "use at most 63 of a-z, 0-9 and hyphen, beginning with a letter or digit")
            return nil
        }
        guard TenantName(text) != .roomwatch else {
            field.refuse("is reserved for what Roomwatch reports on itself", remedy: "choose another name")
            return nil
        }
        guard seen.insert(text).inserted else {
            field.refuse("\(text.quoted) is the name of an earlier tenant", remedy: "give every tenant its own name")
            return nil
        }
        return TenantName(text)
    }

    /// A GUID, or a verified domain; never one of the endpoints for everybody's tenants (Graph facts, Tokens).
    private func directoryID(_ field: Field) -> String? {
        guard let text = field.text(maximum: 253)?.lowercased() else { return nil }
        if ["common", "organizations", "consumers"].contains(text) {
            field.refuse("\(text.quoted) is not one tenant", remedy: "write the tenant's own id")
            return nil
        }
        guard Identifiers.isGUID(text) || Identifiers.isDomain(text) else {
            field.refuse(
                "is neither a GUID nor a domain", remedy: "write the tenant's id, 8-4-4-4-12 hexadecimal digits")
            return nil
        }
        return text
    }

    private func credential(_ field: Field) -> CredentialConfiguration? {
        let known = [
            "client_secret_file", "certificate_file", "private_key_file", "federated_token_file", "managed_identity",
            Self.secretExpiryKey,
        ]
        let choice = "give exactly one of client_secret_file, or certificate_file with private_key_file"
        guard let section = field.section(known) else { return nil }
        for kind in ["federated_token_file", "managed_identity"] {
            guard let unsupported = section[kind] else { continue }
            unsupported.refuse("is not in this version", remedy: choice)
            return nil
        }
        switch (section["client_secret_file"], section["certificate_file"], section["private_key_file"]) {
        case (let secret?, nil, nil):
            return secret.fileReference().map(CredentialConfiguration.clientSecret)
        case (nil, let certificate?, let key?):
            guard let certificate = certificate.fileReference(), let key = key.fileReference() else { return nil }
            return .certificate(certificate, privateKey: key)
        case (nil, _?, nil):
            section.refuse(key: "private_key_file", "is missing", remedy: "a certificate needs its private key")
        case (nil, nil, _?):
            section.refuse(key: "certificate_file", "is missing", remedy: "a private key needs its certificate")
        case (nil, nil, nil):
            section.refuse("names no credential", remedy: choice)
        case (_?, _, _):
            section.refuse("names more than one credential", remedy: choice)
        }
        return nil
    }

    private func endpoints(_ field: Field) -> EndpointConfiguration? {
        guard let section = field.section(["login", "graph", "ca_file"]) else { return nil }
        return EndpointConfiguration(
            login: section["login"].flatMap { WebAddress.read($0) },
            graph: section["graph"].flatMap { WebAddress.read($0) }, caFile: section["ca_file"]?.fileReference())
    }

    private func inventory(_ field: Field) -> InventoryConfiguration? {
        let keys = [
            "devices", "places", "licences", "include", "exclude", "password_expiry", "password_expiry_on_premises",
        ]
        guard let section = field.section(keys) else { return nil }
        var inventory = InventoryConfiguration()
        inventory.devices = section["devices"]?.boolean() ?? inventory.devices
        inventory.places = section["places"]?.boolean() ?? inventory.places
        inventory.licences = section["licences"]?.boolean() ?? inventory.licences
        inventory.include = (section["include"]?.list() ?? []).compactMap { $0.account() }
        let included = Set(inventory.include)
        for item in section["exclude"]?.list() ?? [] {
            guard let account = item.account() else { continue }
            if included.contains(account) {
                item.refuse("\(account.quoted) is also in include", remedy: "remove it from one of the two lists")
            }
            inventory.exclude.append(account)
        }
        inventory.passwords = PasswordPolicy(
            cloud: section["password_expiry"].flatMap(passwordLifetime) ?? .unknown,
            onPremises: section["password_expiry_on_premises"].flatMap(passwordLifetime) ?? .unknown)
        return inventory
    }

    /// `never`, or days as everywhere else.
    private func passwordLifetime(_ field: Field) -> PasswordPolicy.Lifetime? {
        if case .scalar(let text, _) = field.node.content, ["never", "0", "0d"].contains(text) { return .never }
        guard let lifetime = field.duration(in: days(1)...days(3_650)) else { return nil }
        let whole = Int(lifetime.components.seconds / 86_400)
        guard lifetime == days(whole) else {
            field.refuse("is no whole number of days", remedy: "write never, or days such as 90d")
            return nil
        }
        return .days(whole)
    }
}
