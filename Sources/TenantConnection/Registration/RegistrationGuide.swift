// What the person at the Entra admin centre has to do, exact enough to be copied. The ids are in it because names in a
// list of six hundred permissions are easily mistaken for their neighbours.

public import FleetCore

/// What to put into the app registration, or to assign to a managed identity.
public struct RegistrationGuide: Sendable {
    public let needs: [PermissionNeed]

    public init(modules: Set<FleetModule>) {
        needs = PermissionNeed.least(for: modules)
    }

    /// The application id of Microsoft Graph in every tenant and cloud.
    static let graphID = "00000003-0000-0000-c000-000000000000"

    /// The member `requiredResourceAccess` of the registration's manifest, whole.
    public var manifest: String {
        let roles = needs.map { "        { \"id\": \"\($0.appRole)\", \"type\": \"Role\" }" }
        return """
            "requiredResourceAccess": [
              {
                "resourceAppId": "\(Self.graphID)",
                "resourceAccess": [
            \(roles.joined(separator: ",\n"))
                ]
              }
            ]
            """
    }

    /// The steps of an app registration, before the consent.
    ///
    /// - Parameter redirectURI: what has to be registered; `nil` when no consent page will be opened.
    public func registration(redirectURI: String?) -> String {
        var text = """
            In the Entra admin centre, App registrations, the application of this client id:
            1. API permissions > Add > Microsoft Graph > Application permissions: add exactly those of the table above,
               and remove others. Or paste this into Manifest, in place of the member of that name:

            \(manifest.indented)

            """
        if let redirectURI {
            text += """
                2. Authentication > Add a platform > Web: add the redirect URI below, character by character and with its
                   port (Entra ignores the port for public clients only, and this is none). It can go once you are connected.

                     \(redirectURI)

                """
        }
        return text
    }

    /// The commands that give a managed identity its app roles: for it there is no consent page.
    ///
    /// - Parameters:
    ///   - clientID: of a user-assigned identity; `nil` for that of the machine.
    ///   - graph: base URL of Graph in the tenant's cloud.
    public func assignment(clientID: String?, graph: String) -> String {
        let identity =
            clientID.map { "identity=$(az ad sp show --id \($0) --query id -o tsv)" }
            ?? "identity=$(az vm identity show -g GROUP -n MACHINE --query principalId -o tsv)   # or the object id from the portal"
        let roles = needs.map { "\($0.appRole)" }.joined(separator: " \\\n            ")
        return """
            A managed identity has no consent page: each permission is assigned to it as an app role. Signed in to az as
            Privileged Role Administrator or Global Administrator:

              \(identity)
              graph=$(az ad sp show --id \(Self.graphID) --query id -o tsv)
              for role in \(roles); do
                az rest --method post --url "\(graph)/v1.0/servicePrincipals/$identity/appRoleAssignments" \\
                  --body "{\\"principalId\\":\\"$identity\\",\\"resourceId\\":\\"$graph\\",\\"appRoleId\\":\\"$role\\"}"
              done

            Azure keeps the tokens of a managed identity for up to 24 hours, so new permissions may show as late; restarting
            the machine does not shorten that.

            """
    }

    /// How to make a certificate of one's own, where there is none yet.
    public static func certificateCommand(name: String) -> String {
        """
          openssl req -x509 -newkey rsa:3072 -sha256 -days 365 -nodes -subj "/CN=roomwatch \(name)" \\
            -keyout \(name)-key.pem -out \(name)-certificate.pem

        Upload \(name)-certificate.pem under Certificates & secrets > Certificates; the key never leaves this machine.
        """
    }
}

extension String {
    var indented: String {
        split(separator: "\n", omittingEmptySubsequences: false).map { "     \($0)" }.joined(separator: "\n")
    }
}
