using System.Text.RegularExpressions;
using FamilyPa.Local;

namespace FamilyPa.Tests.Deployment.Azure;

/// <summary>Checks that each deployed resource rejects anonymous access, keys and passwords.</summary>
public sealed partial class When_resources_are_declared
{
    private const string Reader = "acdd72a7-3385-48ef-bd42-f606fba81ae7";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Microsoft.Storage/storageAccounts", "allowSharedKeyAccess", "False")]
    [InlineData("Microsoft.Storage/storageAccounts", "allowBlobPublicAccess", "False")]
    [InlineData("Microsoft.Storage/storageAccounts", "allowCrossTenantReplication", "False")]
    [InlineData("Microsoft.Storage/storageAccounts", "supportsHttpsTrafficOnly", "True")]
    [InlineData("Microsoft.Storage/storageAccounts", "minimumTlsVersion", "TLS1_2")]
    [InlineData("Microsoft.Storage/storageAccounts/blobServices/containers", "publicAccess", null)]
    [InlineData("Microsoft.DBforPostgreSQL/flexibleServers", "authConfig.passwordAuth", "Disabled")]
    [InlineData("Microsoft.DBforPostgreSQL/flexibleServers", "authConfig.activeDirectoryAuth", "Enabled")]
    [InlineData("Microsoft.DBforPostgreSQL/flexibleServers", "administratorLogin", null)]
    [InlineData("Microsoft.DBforPostgreSQL/flexibleServers", "administratorLoginPassword", null)]
    [InlineData("Microsoft.DBforPostgreSQL/flexibleServers", "network.publicNetworkAccess", "[if(parameters('publicEndpoint'), 'Enabled', 'Disabled')]")]
    [InlineData("Microsoft.CognitiveServices/accounts", "disableLocalAuth", "True")]
    [InlineData("Microsoft.OperationalInsights/workspaces", "features.disableLocalAuth", "True")]
    [InlineData("Microsoft.Insights/components", "DisableLocalAuth", "True")]
    [InlineData("Microsoft.KeyVault/vaults", "enableRbacAuthorization", "True")]
    [InlineData("Microsoft.KeyVault/vaults", "accessPolicies", null)]
    [InlineData("Microsoft.Web/sites", "httpsOnly", "True")]
    [InlineData("Microsoft.Web/sites", "siteConfig.minTlsVersion", "1.2")]
    [InlineData("Microsoft.Web/sites", "siteConfig.scmMinTlsVersion", "1.2")]
    [InlineData("Microsoft.Web/sites/basicPublishingCredentialsPolicies", "allow", "False")]
    public async Task Each_of_a_type_is_locked(string type, string property, string? value)
    {
        var resources = (await ArmTemplate.CompiledAsync()).OfType(type);

        Assert.All(resources, resource => Assert.Equal((resource.Name, value), (resource.Name, resource.Property(property)?.ToString())));
    }

    [Fact]
    public async Task Each_app_takes_no_password_for_ftp_or_scm()
    {
        var template = await ArmTemplate.CompiledAsync();

        var policies = template.OfType("Microsoft.Web/sites/basicPublishingCredentialsPolicies").Select(policy => policy.Name).Order();

        Assert.Equal(
            template.OfType("Microsoft.Web/sites").SelectMany(app => (string[])["ftp", "scm"], (app, name) => $"[format('{{0}}/{{1}}', {app.Name.Trim('[', ']')}, '{name}')]").Order(),
            policies);
    }

    [Theory]
    [InlineData("require_secure_transport", "on")]
    [InlineData("ssl_min_protocol_version", "TLSv1.2")]
    public async Task Each_database_server_takes_encrypted_connections_only(string setting, string value)
    {
        var template = await ArmTemplate.CompiledAsync();

        var settings = Assert.Single(template.OfType("Microsoft.DBforPostgreSQL/flexibleServers/configurations"));

        Assert.Single(template.OfType("Microsoft.DBforPostgreSQL/flexibleServers"));
        // One resource per entry of the variable.
        Assert.Equal("[length(items(variables('settings')))]", settings.Json.GetProperty("copy").GetProperty("count").GetString());
        Assert.Equal("[format('{0}/{1}', parameters('name'), items(variables('settings'))[copyIndex()].key)]", settings.Name);
        Assert.Equal("[items(variables('settings'))[copyIndex()].value]", settings.Property("value")?.ToString());
        Assert.Equal(value, settings.Variable($"settings.{setting}")?.ToString());
    }

    [Fact]
    public async Task A_model_is_never_replaced_by_itself_and_recordings_leave_the_EU_only_if_the_deployer_says_so()
    {
        var template = await ArmTemplate.CompiledAsync();

        Assert.All(template.OfType("Microsoft.CognitiveServices/accounts/deployments"), model => Assert.Equal("NoAutoUpgrade", model.Property("versionUpgradeOption")?.ToString()));
        Assert.False(template.Root.GetProperty("parameters").GetProperty("audioMayLeaveEu").TryGetProperty("defaultValue", out _));
        Assert.Matches(
            @"^\[if\(and\(equals\(parameters\('transcriptionModel'\).sku, 'GlobalStandard'\), not\(parameters\('audioMayLeaveEu'\)\)\), fail\(",
            template.Root.GetProperty("variables").GetProperty("allowedTranscriptionModel").GetString());
    }

    [Fact]
    public async Task The_database_has_a_public_endpoint_only_for_an_operator_outside_and_no_firewall_rule()
    {
        var template = await ArmTemplate.CompiledAsync();

        Assert.DoesNotContain(template.Resources, resource => resource.Type.EndsWith("/firewallRules", StringComparison.OrdinalIgnoreCase));
        Assert.Equal(
            "[not(empty(parameters('operatorAddress')))]",
            template.Root.GetProperty("resources").GetProperty("database").GetProperty("properties").GetProperty("parameters").GetProperty("publicEndpoint").GetProperty("value").GetString());
    }

    /// <summary>Checks the whole template, because variables and outputs may contain expressions too.</summary>
    [Fact]
    public async Task Nothing_reads_a_key_or_opens_every_address()
    {
        var text = (await ArmTemplate.CompiledAsync()).Root.GetRawText();

        Assert.DoesNotMatch(KeyOrPassword(), text);
        Assert.DoesNotContain("0.0.0.0", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Secrets_are_secure_parameters_and_no_outputs()
    {
        var root = (await ArmTemplate.CompiledAsync()).Root;

        var secrets = root.GetProperty("parameters").EnumerateObject().Where(parameter => SecretParameter().IsMatch(parameter.Name)).ToList();
        var vault = root.GetProperty("resources").GetProperty("keyVault").GetProperty("properties").GetProperty("template").GetProperty("parameters").GetProperty("secrets");

        Assert.Equal(["sessionSigningKey", "twilioAuthToken", "webhookSharedSecret"], secrets.Select(parameter => parameter.Name).Order());
        Assert.All(secrets, parameter => Assert.Equal("securestring", parameter.Value.GetProperty("type").GetString(), ignoreCase: true));
        Assert.Equal("secureObject", vault.GetProperty("type").GetString(), ignoreCase: true);
        Assert.All(root.GetProperty("outputs").EnumerateObject(), output => Assert.DoesNotMatch("(SECRET|TOKEN|PASSWORD|KEY)$", output.Name));
    }

    [Fact]
    public async Task Each_role_is_given_on_one_resource_and_only_reading_on_the_group()
    {
        var template = await ArmTemplate.CompiledAsync();

        var wide = template.OfType("Microsoft.Authorization/roleAssignments").Where(role => !role.Json.TryGetProperty("scope", out _)).ToList();

        Assert.Equal([Reader], wide.SelectMany(RoleIds));
        Assert.All(template.OfType("Microsoft.Authorization/roleAssignments"), role => Assert.NotEmpty(RoleIds(role)));
        // Modules are deployed to the resource group, the template itself to the subscription.
        Assert.DoesNotContain(template.Root.GetProperty("resources").EnumerateObject(), entry => entry.Value.GetProperty("type").GetString() == "Microsoft.Authorization/roleAssignments");
    }

    [Fact]
    public async Task GitHub_may_give_the_roles_that_are_given_and_no_others()
    {
        var given = (await ArmTemplate.CompiledAsync()).OfType("Microsoft.Authorization/roleAssignments").SelectMany(RoleIds);

        var hook = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "infra", "hooks", "github-identity"), Cancellation);

        Assert.Equal(given.Distinct().Order(), Id().Matches(hook).Select(role => role.Value).Order());
    }

    /// <summary>Several ids when the assignment is a loop over a variable.</summary>
    private static IEnumerable<string> RoleIds(ArmResource assignment) =>
        Id().Matches(assignment.Resolve(assignment.Property("roleDefinitionId")!.Value.GetString()!)).Select(id => id.Value);

    [GeneratedRegex("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")]
    private static partial Regex Id();

    [GeneratedRegex(@"\blist[A-Z]\w*\(|AccountKey|SharedAccessKey|administratorLoginPassword|instrumentationKey")]
    private static partial Regex KeyOrPassword();

    [GeneratedRegex("(Token|Secret|Key|Password)$")]
    private static partial Regex SecretParameter();
}
