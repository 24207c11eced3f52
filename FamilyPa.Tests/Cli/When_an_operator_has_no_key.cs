using FamilyPa.Local.App;
using FamilyPa.Tests.Admin;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Cli;

public sealed class When_an_operator_has_no_key(OperatorApp app) : AppTest<OperatorApp>(app)
{
    [Fact]
    public async Task Azures_sign_in_does_and_the_audit_log_names_who_it_was()
    {
        List<string> resources = [];
        App.Issuer.ManagedIdentity = resource =>
        {
            resources.Add(resource);
            return App.AppOnlyToken("operator");
        };

        var read = await RunAsync("families", "show", DemoFamily.FamilyId.ToString(), "--json");
        var changed = await RunAsync("budget", "set", DemoFamily.FamilyId.ToString(), "7", "--json");

        Assert.Equal((0, 0), (read.ExitCode, changed.ExitCode));
        Assert.All(resources, resource => Assert.Equal(LoopbackIssuer.Audience, resource));
        string[] actions = ["read_family", "set_budget", "release_deferred"];
        Assert.Equal(
            actions.Select(action => $"operator:the-pipeline ({OperatorApp.ObjectId}) {action}"),
            await App.AuditAsync($"actor like 'operator:%' and family_id = '{DemoFamily.FamilyId}'"));
    }

    [Fact]
    public async Task A_reader_changes_nothing()
    {
        App.Issuer.ManagedIdentity = _ => App.AppOnlyToken("reader");

        Assert.Equal(0, (await RunAsync("families", "list", "--json")).ExitCode);
        var refused = await RunAsync("budget", "set", DemoFamily.FamilyId.ToString(), "7");

        Assert.Equal(4, refused.ExitCode);
        Assert.Contains("role_required", refused.Error, StringComparison.Ordinal);
    }

    private Task<CliResult> RunAsync(params string[] arguments) => App.FamilypaAsync(
        new Dictionary<string, string?>
        {
            ["FAMILYPA_KEY"] = null,
            ["FAMILYPA_AUDIENCE"] = LoopbackIssuer.Audience,
            ["AZURE_TOKEN_CREDENTIALS"] = "ManagedIdentityCredential",
            ["IDENTITY_ENDPOINT"] = $"{App.Issuer.Authority}/identity",
            ["IDENTITY_HEADER"] = "x",
        },
        arguments);
}
