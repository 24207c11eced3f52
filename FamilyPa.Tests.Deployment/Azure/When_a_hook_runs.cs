using FamilyPa.Local;
using FamilyPa.Local.Processes;

namespace FamilyPa.Tests.Deployment.Azure;

/// <summary>Runs the hooks of <c>azd</c> with stubs for the commands that they call.</summary>
public sealed class When_a_hook_runs : IDisposable
{
    private const string Server = "/subscriptions/s/resourceGroups/g/providers/Microsoft.DBforPostgreSQL/flexibleServers/psql";

    private readonly StandIns commands = new("az", "azd", "dotnet", "curl");

    private string[] Calls => commands.Calls;

    public void Dispose() => commands.Dispose();

    [Theory]
    [InlineData("nothing")]
    [InlineData("dotnet")]
    public async Task The_database_lets_the_operator_in_only_while_it_is_migrated(string failing)
    {
        var (succeeded, said) = await RunAsync("postprovision.sh", failing, ("OPERATOR_ADDRESS", "203.0.113.7"), ("SECRETS_STORED", "true"));

        Assert.Equal(failing == "nothing", succeeded);
        Assert.Equal(3, Calls.Length);
        Assert.StartsWith($"az resource create --id {Server}/firewallRules/operator-", Calls[0], StringComparison.Ordinal);
        Assert.Contains("\"startIpAddress\":\"203.0.113.7\",\"endIpAddress\":\"203.0.113.7\"", Calls[0], StringComparison.Ordinal);
        Assert.Equal("dotnet run --project tools/FamilyPa.Cli -- migrate --app-identity 11111111-1111-1111-1111-111111111111", Calls[1]);
        Assert.Equal($"az resource delete --ids {Calls[0].Split(' ')[4]} --api-version 2025-08-01 --output none", Calls[2]);
        Assert.Equal(failing == "dotnet", said.Contains("The migrations were not applied", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Inside_the_network_no_rule_is_needed()
    {
        var (succeeded, _) = await RunAsync("postprovision.sh", "nothing", ("SECRETS_STORED", "true"));

        Assert.True(succeeded);
        Assert.Equal(["dotnet"], Calls.Select(call => call.Split(' ')[0]));
    }

    [Fact]
    public async Task A_firewall_rule_that_was_not_deleted_is_reported()
    {
        var (_, said) = await RunAsync("postprovision.sh", "az", ("OPERATOR_ADDRESS", "203.0.113.7"), ("SECRETS_STORED", "true"));

        Assert.Contains("The database still lets 203.0.113.7 in. Delete it: az resource delete --ids", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Secrets_are_made_once_and_leave_the_plain_file()
    {
        (string, string)[] given = [("TWILIO_ACCOUNT_SID", "AC1"), ("TWILIO_AUTH_TOKEN", "token"), ("ALERT_EMAILS", "a@example.com"), ("FAMILYPA_AUDIO_MAY_LEAVE_EU", "true")];

        var (succeeded, said) = await RunAsync("preprovision.sh", "nothing", given);
        await RunAsync("postprovision.sh", "nothing", given);

        Assert.True(succeeded, said);
        Assert.Matches("^azd env set BUDGET_START \\d{4}-\\d\\d-01$", Calls[0]);
        Assert.Equal("az provider register --namespace Microsoft.App --subscription subscription --wait", Calls[1]);
        Assert.Matches("^azd env set WEBHOOK_SHARED_SECRET [0-9a-f]{64}$", Calls[2]);
        Assert.Matches("^azd env set SESSION_SIGNING_KEY [0-9a-f]{64}$", Calls[3]);
        Assert.Equal(
            ["azd env set TWILIO_AUTH_TOKEN ", "azd env set WEBHOOK_SHARED_SECRET ", "azd env set SESSION_SIGNING_KEY ", "azd env set SECRETS_STORED true"],
            Calls[4..8]);
        Assert.DoesNotContain("token", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Existing_secrets_are_kept()
    {
        var (succeeded, _) = await RunAsync(
            "preprovision.sh", "nothing", ("TWILIO_ACCOUNT_SID", "AC1"), ("ALERT_EMAILS", "a@example.com"), ("BUDGET_START", "2026-01-01"), ("SECRETS_STORED", "true"),
            ("FAMILYPA_AUDIO_MAY_LEAVE_EU", "true"));

        Assert.True(succeeded);
        Assert.Equal(["az"], Calls.Select(call => call.Split(' ')[0]));
    }

    [Theory]
    [InlineData("TWILIO_ACCOUNT_SID")]
    [InlineData("TWILIO_AUTH_TOKEN")]
    [InlineData("ALERT_EMAILS")]
    [InlineData("FAMILYPA_AUDIO_MAY_LEAVE_EU")]
    public async Task Missing_values_of_the_operator_are_reported(string missing)
    {
        (string Name, string)[] given = [("TWILIO_ACCOUNT_SID", "AC1"), ("TWILIO_AUTH_TOKEN", "token"), ("ALERT_EMAILS", "a@example.com"), ("FAMILYPA_AUDIO_MAY_LEAVE_EU", "true")];

        var (succeeded, said) = await RunAsync("preprovision.sh", "nothing", [.. given.Where(one => one.Name != missing)]);

        Assert.False(succeeded);
        Assert.Contains($"azd env set {missing} ", said, StringComparison.Ordinal);
        Assert.DoesNotContain(Calls, call => call.Contains("SECRET", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_deployment_ends_with_what_is_left_to_do_and_no_secret()
    {
        var (succeeded, said) = await RunAsync("postdeploy.sh", "nothing", ("LISTED", "AZURE_OPENAI_ENDPOINT=https://oai.example/"));

        Assert.True(succeeded, said);
        Assert.Equal("curl --silent --fail --max-time 10 --output /dev/null https://pa.example/api/health/ready", Calls[0]);
        Assert.StartsWith("az functionapp config appsettings list --resource-group group --name func ", Calls[1], StringComparison.Ordinal);
        Assert.Equal("dotnet run --project tools/FamilyPa.Cli -- smoke", Calls[2]);
        Assert.Contains("az functionapp keys list --resource-group group --name func --query functionKeys.default", said, StringComparison.Ordinal);
        Assert.Contains("https://pa.example/api/webhooks/twilio?secret=$(az keyvault secret show --vault-name vault", said, StringComparison.Ordinal);
        Assert.Contains("#rc=3&rp=5xx,ct,rt", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_app_that_does_not_come_up_fails_the_deployment()
    {
        var (succeeded, said) = await RunAsync("postdeploy.sh", "curl", ("READY_TRIES", "2"), ("READY_PAUSE", "0"));

        Assert.False(succeeded);
        Assert.Equal(2, Calls.Length);
        Assert.Contains("docs/runbook.md#availability", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_that_does_not_answer_fails_the_deployment()
    {
        var (succeeded, said) = await RunAsync("postdeploy.sh", "dotnet", ("LISTED", "AZURE_OPENAI_ENDPOINT=https://oai.example/"));

        Assert.False(succeeded);
        Assert.Contains("docs/runbook.md#model-unavailable", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GitHub_may_change_the_resource_group_and_give_some_roles_but_own_nothing()
    {
        var (succeeded, said) = await RunAsync("github-identity", "nothing", ("GITHUB_REPOSITORY", "owner/repository"), ("FAMILYPA_STAGE", "prod"));

        Assert.True(succeeded, said);
        Assert.Contains(Calls, call => call.Contains("\"subject\":\"repo:owner/repository:environment:prod\"", StringComparison.Ordinal));
        var given = Calls.Where(call => call.StartsWith("az role assignment create ", StringComparison.Ordinal)).ToList();
        Assert.Equal(["/subscriptions/subscription/resourceGroups/group", "/subscriptions/subscription/resourceGroups/group", "/subscriptions/subscription"], given.Select(Scope));
        Assert.Contains("--role Contributor ", given[0], StringComparison.Ordinal);
        Assert.Matches(
            @"^az .* --condition \(\(!\(ActionMatches\{'[\w./]+/write'\}\)\) OR \(@Request\[[^]]+\] ForAnyOfAnyValues:GuidEquals \{[0-9a-f, -]+\}\)\) AND \(.+/delete.+@Resource\[.+\}\)\)$",
            given[1]);
        Assert.Contains("--role Family PA deployment of group ", given[2], StringComparison.Ordinal);
        Assert.DoesNotContain("\"Actions\":[\"*", string.Concat(Calls), StringComparison.Ordinal);

        static string Scope(string call) => call.Split("--scope ")[1].Split(' ')[0];
    }

    /// <summary>Azure propagates a new role with a delay, so that the script may end before its last step.</summary>
    [Fact]
    public async Task GitHubs_identity_is_finished_by_another_run_if_one_ended_in_the_middle()
    {
        var (succeeded, said) = await RunAsync("github-identity", "nothing", ("GITHUB_REPOSITORY", "owner/repository"), ("LISTED", "there"));

        Assert.True(succeeded, said);
        var made = Calls.Where(call => call.Contains(" create ", StringComparison.Ordinal)).Select(call => call.Split(" create ")[0]);
        Assert.Equal(["az ad app", "az role assignment", "az role assignment", "az role assignment"], made);
        Assert.All(Calls.Where(call => call.StartsWith("az role assignment", StringComparison.Ordinal)), call => Assert.Contains(" --assignee-object-id there ", call, StringComparison.Ordinal));
    }

    private Task<(bool Succeeded, string Output)> RunAsync(string hook, string failing, params (string Name, string Value)[] given)
    {
        var environment = new Dictionary<string, string?>
        {
            ["PATH"] = commands.Path,
            ["FAILING"] = failing,
            ["AZURE_SUBSCRIPTION_ID"] = "subscription",
            ["DATABASE_SERVER_ID"] = Server,
            ["MIGRATION_CONNECTION_STRING"] = "Host=psql",
            ["APP_IDENTITY_OBJECT_ID"] = "11111111-1111-1111-1111-111111111111",
            ["PUBLIC_BASE_URL"] = "https://pa.example",
            ["RESOURCE_GROUP_NAME"] = "group",
            ["FUNCTION_APP_NAME"] = "func",
            ["KEY_VAULT_NAME"] = "vault",
        };
        foreach (var (name, value) in given)
            environment[name] = value;
        return ChildProcess.RunAsync(
            new ChildStart("sh", [Path.Combine(Repository.Root, "infra", "hooks", hook)]) { Environment = environment }, TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
    }
}
