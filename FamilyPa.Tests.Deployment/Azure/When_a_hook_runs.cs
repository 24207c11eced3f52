using System.Text.Json;
using System.Text.RegularExpressions;
using FamilyPa.Local;
using FamilyPa.Local.Processes;

namespace FamilyPa.Tests.Deployment.Azure;

/// <summary>Runs the hooks of <c>azd</c> with stubs for the commands that they call.</summary>
public sealed class When_a_hook_runs : IDisposable
{
    private const string Server = "/subscriptions/s/resourceGroups/g/providers/Microsoft.DBforPostgreSQL/flexibleServers/psql";

    /// <summary>Values that <see cref="RunAsync"/> gives each hook.</summary>
    private static readonly string[] Defaults = ["AZURE_SUBSCRIPTION_ID", "OPERATOR_NAME", "OPERATOR_OBJECT_ID"];

    private readonly StandIns commands = new("az", "azd", "dotnet", "curl", "gh");

    public When_a_hook_runs()
    {
        commands.Answer("az ad app create *", "app");
        commands.Answer("az ad sp create *", "principal");
    }

    private string[] Calls => commands.Calls;

    public void Dispose() => commands.Dispose();

    [Theory]
    [InlineData("nothing")]
    [InlineData("dotnet")]
    public async Task The_database_lets_the_operator_in_only_while_it_is_migrated(string failing)
    {
        var (succeeded, said) = await RunAsync("postprovision.sh", failing, ("OPERATOR_ADDRESS", "203.0.113.7"), ("SECRETS_STORED", "true"));

        Assert.Equal(failing == "nothing", succeeded);
        var rule = Calls[0].Split(' ')[5].Split('?')[0];
        Assert.StartsWith($"{Server}/firewallRules/operator-", rule, StringComparison.Ordinal);
        Assert.Equal(
            [
                $"az rest --method put --url {rule}?api-version=2025-08-01 --output none"
                + " --body {\"properties\":{\"startIpAddress\":\"203.0.113.7\",\"endIpAddress\":\"203.0.113.7\"}}",
                $"az rest --method get --url {rule}?api-version=2025-08-01 --output none",
                "dotnet run --project infra/hooks/../../tools/FamilyPa.Cli -- connect",
                .. failing == "dotnet" ? (string[])[] : ["dotnet run --project tools/FamilyPa.Cli -- migrate --app-identity 11111111-1111-1111-1111-111111111111"],
                $"az resource delete --ids {rule} --api-version 2025-08-01 --output none",
            ],
            Calls);
        Assert.Equal(failing == "dotnet", said.Contains("The migrations were not applied", StringComparison.Ordinal));
    }

    /// <summary>The server accepts a rule before it has it, and applies it up to five minutes later.</summary>
    [Theory]
    [InlineData(3, true)]
    [InlineData(1000, false)]
    public async Task A_firewall_rule_is_awaited_and_deleted_even_if_it_never_comes(int misses, bool comes)
    {
        commands.Answer("az rest --method get *", "", exitCode: 3, times: misses);

        var (succeeded, said) = await RunAsync("postprovision.sh", "nothing", ("OPERATOR_ADDRESS", "203.0.113.7"), ("SECRETS_STORED", "true"), ("RULE_PAUSE", "0"));

        Assert.Equal(comes, succeeded);
        Assert.Equal(comes ? 4 : 30, Calls.Count(call => call.StartsWith("az rest --method get", StringComparison.Ordinal)));
        Assert.Equal(comes ? 2 : 0, Calls.Count(call => call.StartsWith("dotnet", StringComparison.Ordinal)));
        Assert.StartsWith("az resource delete", Calls[^1], StringComparison.Ordinal);
        Assert.Contains("...", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "false", "az ad group create", "az ad group member add")]
    [InlineData("group", "true")]
    public async Task The_operators_group_is_created_once_and_named_in_the_environment(string existing, string isMember, params string[] expected)
    {
        commands.Answer("azd env get-value AZURE_ENV_NAME", "prod");
        commands.Answer("az ad group list *", existing);
        commands.Answer("az ad group create *", "group");
        commands.Answer("az ad signed-in-user show *", "me");
        commands.Answer("az ad group member check *", isMember);

        var (succeeded, said) = await RunAsync("operators", "nothing");

        Assert.True(succeeded, said);
        Assert.Equal(expected, Calls.Where(call => call.Contains(" create ", StringComparison.Ordinal) || call.Contains(" add ", StringComparison.Ordinal)).Select(call => call.Split(" --")[0]));
        Assert.All(Calls.Where(call => call.Contains(" member ", StringComparison.Ordinal)), call => Assert.Contains(" --group group --member-id me", call, StringComparison.Ordinal));
        Assert.Equal(["azd env set OPERATOR_NAME Family PA operators prod", "azd env set OPERATOR_OBJECT_ID group"], Calls[^2..]);
    }

    [Fact]
    public async Task Inside_the_network_no_rule_is_needed()
    {
        var (succeeded, _) = await RunAsync("postprovision.sh", "nothing", ("SECRETS_STORED", "true"));

        Assert.True(succeeded);
        Assert.Equal(["dotnet"], Calls.Select(call => call.Split(' ')[0]));
    }

    /// <summary>The workflow asks an outside service for its address. 0.0.0.0 in a rule lets in all of Azure.</summary>
    [Theory]
    [InlineData("203.0.113.256")]
    [InlineData("203.0.113")]
    [InlineData("203.0.113.7.1")]
    [InlineData("203.0.113.07")]
    [InlineData("0.0.0.0")]
    [InlineData("2001:db8::1")]
    [InlineData("203.0.113.7\nPATH=/tmp")]
    [InlineData("203.0.113.7\",\"endIpAddress\":\"255.255.255.255")]
    [InlineData("<html>")]
    public async Task What_is_no_IPv4_address_opens_nothing(string address)
    {
        foreach (var hook in (string[])["preprovision.sh", "postprovision.sh"])
        {
            var (succeeded, said) = await RunAsync(
                hook, "nothing", ("OPERATOR_ADDRESS", address), ("SECRETS_STORED", "true"), ("TWILIO_ACCOUNT_SID", "AC1"), ("ALERT_EMAILS", "a@example.com"),
                ("FAMILYPA_AUDIO_MAY_LEAVE_EU", "true"));

            Assert.False(succeeded);
            Assert.Contains("This is not an IPv4 address", said, StringComparison.Ordinal);
            // A workflow reads its log for commands.
            Assert.DoesNotContain("PATH", said, StringComparison.Ordinal);
            Assert.Empty(Calls);
        }
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
        (string, string?)[] given = [("TWILIO_ACCOUNT_SID", "AC1"), ("TWILIO_AUTH_TOKEN", "token"), ("ALERT_EMAILS", "a@example.com"), ("FAMILYPA_AUDIO_MAY_LEAVE_EU", "true")];

        var (succeeded, said) = await RunAsync("preprovision.sh", "nothing", given);
        await RunAsync("postprovision.sh", "nothing", given);

        Assert.True(succeeded, said);
        Assert.Matches("^azd env set BUDGET_START \\d{4}-\\d\\d-01$", Calls[0]);
        Assert.Equal("az provider register --namespace Microsoft.App --subscription subscription --wait", Calls[1]);
        Assert.Matches(@"^azd env set --file \S+$", Calls[2]);
        Assert.Matches("^the file: WEBHOOK_SHARED_SECRET=[0-9a-f]{64}$", Calls[3]);
        Assert.Matches("^SESSION_SIGNING_KEY=[0-9a-f]{64}$", Calls[4]);
        Assert.False(File.Exists(Calls[2].Split(' ')[^1]));
        Assert.Equal(
            ["azd env set TWILIO_AUTH_TOKEN ", "azd env set WEBHOOK_SHARED_SECRET ", "azd env set SESSION_SIGNING_KEY ", "azd env set SECRETS_STORED true"],
            Calls[5..9]);
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
    [InlineData("AZURE_SUBSCRIPTION_ID")]
    [InlineData("OPERATOR_NAME")]
    [InlineData("OPERATOR_OBJECT_ID")]
    public async Task Missing_values_of_the_operator_are_reported(string missing)
    {
        (string Name, string)[] given = [("TWILIO_ACCOUNT_SID", "AC1"), ("TWILIO_AUTH_TOKEN", "token"), ("ALERT_EMAILS", "a@example.com"), ("FAMILYPA_AUDIO_MAY_LEAVE_EU", "true")];

        var (succeeded, said) = await RunAsync("preprovision.sh", "nothing", [.. given.Where(one => one.Name != missing), .. Defaults.Contains(missing) ? [(missing, "")] : ((string, string)[])[]]);

        Assert.False(succeeded);
        Assert.Contains(missing == "TWILIO_AUTH_TOKEN" ? "read -rs TWILIO_AUTH_TOKEN" : $"azd env set {missing} ", said, StringComparison.Ordinal);
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

    /// <remarks>Source: GitHub's changelog of 2026-04-23, "Immutable subject claims for GitHub Actions OIDC tokens".</remarks>
    [Theory]
    [InlineData("repo:owner/repository", "prod")]
    [InlineData("repo:owner@5544123/repository@821093847", "dev")]
    public async Task GitHub_is_trusted_under_the_subject_that_it_says_it_sends(string prefix, string stage)
    {
        commands.Answer("gh api *", prefix);

        var (succeeded, said) = await RunAsync("github-identity", "nothing", ("GITHUB_REPOSITORY", "owner/repository"), ("FAMILYPA_STAGE", stage));

        Assert.True(succeeded, said);
        Assert.Equal("gh api repos/owner/repository/actions/oidc/customization/sub --jq select(.use_default) | .sub_claim_prefix // \"\"", Calls[0]);
        var credential = Assert.Single(Calls, call => call.Contains("federated-credential create", StringComparison.Ordinal));
        Assert.Contains($"\"subject\":\"{prefix}:environment:{stage}\"", credential, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_repository_that_was_renamed_is_trusted_under_its_new_subject_only()
    {
        commands.Answer("gh api *", "repo:owner@1/new@2");
        commands.Answer("az ad app federated-credential list *", "repo:owner/old:environment:dev");

        var (succeeded, said) = await RunAsync("github-identity", "nothing", ("GITHUB_REPOSITORY", "owner/new"));

        Assert.True(succeeded, said);
        var credential = Assert.Single(Calls, call => call.Contains("federated-credential update", StringComparison.Ordinal));
        Assert.Contains(" --federated-credential-id github ", credential, StringComparison.Ordinal);
        Assert.Contains("\"subject\":\"repo:owner@1/new@2:environment:dev\"", credential, StringComparison.Ordinal);
        Assert.DoesNotContain(Calls, call => call.Contains("federated-credential create", StringComparison.Ordinal));
    }

    /// <summary>GitHub prints nothing if the repository has a template of its own.</summary>
    [Theory]
    [InlineData("", "owner/repository")]
    [InlineData("repo:owner/repository", "owner/repository/x")]
    [InlineData("repo:owner/repository", "owner/\"repository")]
    public async Task Without_a_known_subject_nothing_is_created(string prefix, string repository)
    {
        commands.Answer("gh api *", prefix);

        var (succeeded, _) = await RunAsync("github-identity", "nothing", ("GITHUB_REPOSITORY", repository));

        Assert.False(succeeded);
        Assert.DoesNotContain(Calls, call => call.StartsWith("az ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task GitHub_may_change_the_resource_group_and_give_some_roles_to_known_principals_but_own_nothing()
    {
        commands.Answer("gh api *", "repo:owner/repository");

        var (succeeded, said) = await RunAsync("github-identity", "nothing", ("GITHUB_REPOSITORY", "owner/repository"), ("FAMILYPA_STAGE", "prod"));

        Assert.True(succeeded, said);
        var given = Calls.Where(call => call.StartsWith("az role assignment create ", StringComparison.Ordinal)).ToList();
        const string group = "/subscriptions/subscription/resourceGroups/group";
        Assert.Equal([group, group, group, "/subscriptions/subscription"], given.Select(Scope));
        Assert.Contains("--role Contributor ", given[0], StringComparison.Ordinal);
        // As in the example "Constrain roles and specific groups" of learn.microsoft.com/azure/role-based-access-control/delegate-role-assignments-examples.
        string[] halves = [.. ((string[])["write @Request", "delete @Resource"]).Select(half => half.Split(' ')).Select(half =>
            $@"\(\(!\(ActionMatches\{{'Microsoft.Authorization/roleAssignments/{half[0]}'\}}\)\) OR "
            + $@"\({half[1]}\[Microsoft.Authorization/roleAssignments:RoleDefinitionId\] ForAnyOfAnyValues:GuidEquals \{{[0-9a-f, -]+\}}"
            + $@" AND {half[1]}\[Microsoft.Authorization/roleAssignments:PrincipalId\] ForAnyOfAnyValues:GuidEquals \{{11111111-[1-]+, 22222222-[2-]+\}}\)\)")];
        Assert.Matches($"^az .* --condition {halves[0]} AND {halves[1]}$", given[2]);
        Assert.Contains("--role Family PA locks of group ", given[1], StringComparison.Ordinal);
        Assert.Contains("--role Family PA deployment of group ", given[3], StringComparison.Ordinal);
        Assert.DoesNotContain("\"Actions\":[\"*", string.Concat(Calls), StringComparison.Ordinal);

        static string Scope(string call) => call.Split("--scope ")[1].Split(' ')[0];
    }

    /// <summary>Azure propagates a new role with a delay, so that the script may end before its last step.</summary>
    [Fact]
    public async Task GitHubs_identity_is_finished_by_another_run_if_one_ended_in_the_middle()
    {
        commands.Answer("gh api *", "repo:owner/repository");
        commands.Answer("az ad app federated-credential list *", "repo:owner/repository:environment:dev");

        commands.Answer("az ad sp list *", "there");
        commands.Answer("az role definition list --name Family PA deployment of group --query *", "there");
        // A role that is assignable in the resource group only is listed only there.
        commands.Answer("az role definition list --name Family PA locks of group --scope /subscriptions/subscription/resourceGroups/group *", "there");
        commands.Answer("az role definition list *", "");

        var (succeeded, said) = await RunAsync("github-identity", "nothing", ("GITHUB_REPOSITORY", "owner/repository"));

        Assert.True(succeeded, said);
        var made = Calls.Where(call => call.Contains(" create ", StringComparison.Ordinal)).Select(call => call.Split(" create ")[0]);
        Assert.Equal(["az ad app", "az role assignment", "az role assignment", "az role assignment", "az role assignment"], made);
        Assert.All(Calls.Where(call => call.StartsWith("az role assignment create", StringComparison.Ordinal)), call => Assert.Contains(" --assignee-object-id there ", call, StringComparison.Ordinal));
        Assert.Contains("\n  az ad group member add --group 22222222-2222-2222-2222-222222222222 --member-id there\n", said, StringComparison.Ordinal);
        Assert.Contains("\n  gh variable set AZURE_CLIENT_ID --repo owner/repository --env dev --body app", said, StringComparison.Ordinal);
        // The condition of an existing assignment does not change.
        Assert.Contains("az role assignment delete --assignee there --role Role Based Access Control Administrator --scope /subscriptions/subscription/resourceGroups/group", Calls);
    }

    [Theory]
    [InlineData("webhook-shared-secret", "")]
    [InlineData("session-signing-key", "session-signing-key-next")]
    public async Task A_secret_is_changed_without_a_moment_in_which_the_old_one_is_refused(string secret, string deletedBefore)
    {
        commands.Answer("azd env get-value KEY_VAULT_NAME", "vault");
        commands.Answer($"az keyvault secret show *--name {secret} *", "old-value");
        commands.Answer("az keyvault secret list-deleted *", deletedBefore);

        var (succeeded, said) = await RunAsync($"rotate {secret} start", "nothing");

        Assert.True(succeeded, said);
        var changes = Calls.Where(call => !call.Contains(" show ", StringComparison.Ordinal) && !call.Contains("list-deleted", StringComparison.Ordinal) && !call.Contains("get-value", StringComparison.Ordinal))
            .Select(call => Regex.Replace(call, @" --file \S+ --encoding utf-8 --expires \d{4}-\d\d-01T00:00:00Z", " --file")).ToList();
        Assert.Equal(
            [
                .. deletedBefore.Length == 0 ? (string[])[] : [$"az keyvault secret recover --vault-name vault --name {secret}-next --output none"],
                $"az keyvault secret set --vault-name vault --name {secret}-next --file --output none",
                "the file: old-value",
                $"az keyvault secret set --vault-name vault --name {secret} --file --output none",
            ],
            changes[..^3]);
        Assert.Matches("^the file: [0-9a-f]{64}$", changes[^3]);
        Assert.Equal([$"azd env set ROTATING_SECRETS {secret}", "azd provision --no-prompt"], changes[^2..]);
        // A deployment by GitHub sets every value.
        Assert.Matches($@"(?s)gh variable set ROTATING_SECRETS --env dev --body {secret}\n.*gh variable delete ROTATING_SECRETS --env dev .*infra/hooks/rotate {secret} finish", said);
        Assert.DoesNotContain(changes[^3][10..], said, StringComparison.Ordinal);
        Assert.DoesNotContain("old-value", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("webhook-shared-secret", true)]
    [InlineData("session-signing-key", false)]
    public async Task Only_one_secret_is_changed_at_a_time_and_a_second_start_keeps_the_old_value(string rotating, bool succeeds)
    {
        commands.Answer("azd env get-value KEY_VAULT_NAME", "vault");
        commands.Answer("azd env get-value ROTATING_SECRETS", rotating);

        var (succeeded, said) = await RunAsync("rotate webhook-shared-secret start", "nothing");

        Assert.Equal(succeeds, succeeded);
        Assert.Equal(succeeds ? ["webhook-shared-secret"] : (string[])[], Calls.Where(call => call.Contains("secret set", StringComparison.Ordinal)).Select(call => call.Split("--name ")[1].Split(' ')[0]));
        Assert.Equal(!succeeds, said.Contains($"{rotating} is being changed. Finish that first.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_token_is_not_shown_while_it_is_typed()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "script has other options elsewhere.");
        using var terminal = new StandIns("stty");
        commands.Answer("azd env get-value KEY_VAULT_NAME", "vault");
        var rotate = Path.Combine(Repository.Root, "infra", "hooks", "rotate");

        var (succeeded, said) = await ChildProcess.RunAsync(
            new ChildStart("sh", ["-c", $"echo new-token | script --quiet --return --command '{rotate} twilio-auth-token start' /dev/null"])
            {
                Environment = new Dictionary<string, string?> { ["PATH"] = $"{terminal.Path.Split(':')[0]}:{commands.Path}" },
            },
            TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);

        Assert.True(succeeded, said);
        Assert.Equal(["stty -echo", "stty echo"], terminal.Calls);
        Assert.Contains("the file: new-token", Calls);
    }

    [Fact]
    public async Task The_old_secret_is_deleted_once_only_the_new_one_is_taken()
    {
        commands.Answer("azd env get-value KEY_VAULT_NAME", "vault");

        var (succeeded, said) = await RunAsync("rotate twilio-auth-token finish", "nothing", ("ROTATING_SECRETS", "twilio-auth-token"));

        Assert.True(succeeded, said);
        Assert.Equal(
            ["azd env set ROTATING_SECRETS ", "azd provision --no-prompt", "az keyvault secret delete --vault-name vault --name twilio-auth-token-next --output none"], Calls[3..]);
    }

    [Theory]
    [InlineData("rotate twilio-auth-token start")]
    [InlineData("rotate twilio-auth-tokens start")]
    [InlineData("rotate webhook-shared-secret begin")]
    public async Task Without_a_new_secret_nothing_is_changed(string rotation)
    {
        commands.Answer("azd env get-value KEY_VAULT_NAME", "vault");

        Assert.False((await RunAsync(rotation, "nothing")).Succeeded);
        Assert.DoesNotContain(Calls, call => call.Contains(" set ", StringComparison.Ordinal));
    }

    /// <remarks>Budgets: "Past start date should be selected within the timegrain period" (learn.microsoft.com/rest/api/consumption/budgets/create-or-update).</remarks>
    [Fact]
    public async Task After_everything_was_deleted_the_next_deployment_is_a_first_one()
    {
        var (succeeded, said) = await RunAsync("postdown.sh", "nothing");

        Assert.True(succeeded, said);
        Assert.Equal(["azd env set BUDGET_START ", "azd env set SECRETS_STORED ", "azd env set ROTATING_SECRETS "], Calls);
        Assert.Contains("  postdown:\n    shell: sh\n    run: infra/hooks/postdown.sh\n", await File.ReadAllTextAsync(Path.Combine(Repository.Root, "azure.yaml"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        await RunAsync(
            "preprovision.sh", "nothing", ("TWILIO_ACCOUNT_SID", "AC1"), ("TWILIO_AUTH_TOKEN", "token"), ("ALERT_EMAILS", "a@example.com"), ("FAMILYPA_AUDIO_MAY_LEAVE_EU", "true"),
            ("BUDGET_START", ""), ("SECRETS_STORED", ""));
        Assert.Contains($"azd env set BUDGET_START {DateTime.UtcNow:yyyy-MM}-01", Calls);
        Assert.Contains(Calls, call => call.StartsWith("azd env set --file ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("kv-fpa-1")]
    [InlineData("")]
    public async Task What_a_deletion_left_is_recovered_before_the_rest_is_created_anew(string vault)
    {
        commands.Answer("azd env get-value AZURE_ENV_NAME", "prod");
        commands.Answer("azd env get-value AZURE_LOCATION", "swedencentral");
        commands.Answer("az keyvault list-deleted *", vault);
        commands.Answer("az cognitiveservices account list-deleted *", "oai-familypa-1\tswedencentral\n");

        var (succeeded, said) = await RunAsync("recover", "nothing", ("DROPPED_DATABASE_ID", Server));

        Assert.True(succeeded, said);
        Assert.Equal(
            [
                "azd env set BUDGET_START ",
                "az group create --name rg-familypa-prod --location swedencentral --output none",
                // Without the old vault, new secrets are made.
                .. vault.Length == 0
                    ? (string[])[]
                    : [$"az keyvault recover --name {vault} --resource-group rg-familypa-prod --output none", "azd env set SECRETS_STORED true"],
                "az cognitiveservices account recover --name oai-familypa-1 --resource-group rg-familypa-prod --location swedencentral --output none",
                $"az postgres flexible-server revive-dropped --name psql --resource-group rg-familypa-prod --location swedencentral --source-server {Server} --output none",
            ],
            Calls.Where(call => !call.Contains("list-deleted", StringComparison.Ordinal) && !call.Contains("get-value", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_deleted_database_server_is_named_with_the_command_that_revives_it()
    {
        commands.Answer("azd env get-value AZURE_ENV_NAME", "prod");
        commands.Answer("azd env get-value AZURE_LOCATION", "swedencentral");
        commands.Answer("az monitor activity-log list --resource-group rg-familypa-prod --offset 5d *", $"{Server}\n{Server}\n");

        var (succeeded, said) = await RunAsync("recover", "nothing");

        Assert.True(succeeded, said);
        Assert.Single(Regex.Matches(said, $"DROPPED_DATABASE_ID={Server} infra/hooks/recover"));
        Assert.DoesNotContain(Calls, call => call.Contains("revive-dropped", StringComparison.Ordinal));
    }

    /// <remarks>azd takes the name of the environment from AZURE_ENV_NAME: azure-dev, cli/azd/internal/env_flag.go.</remarks>
    [Theory]
    [InlineData("1\n2\n3\n", "prod")]
    [InlineData("", "prod-without-zones")]
    public async Task A_lost_region_is_replaced_by_a_new_environment_with_the_old_values_and_the_backup(string zones, string stage)
    {
        commands.Answer("azd env get-value DATABASE_SERVER_ID --environment prod", Server);
        commands.Answer("azd env get-value FAMILYPA_STAGE --environment prod", "prod");
        commands.Answer("azd env get-value AZURE_LOCATION --environment prod", "northeurope");
        commands.Answer("azd env get-value OPERATOR_NAME --environment prod", "Family PA operators prod");
        commands.Answer("azd env get-value BUDGET_START --environment prod", "2026-01-01");
        commands.Answer("azd env get-value SECRETS_STORED --environment prod", "true");
        commands.Answer("azd env select *", "", exitCode: 1);
        commands.Answer("az account list-locations *", zones);
        commands.Answer("az postgres flexible-server show *", "", exitCode: 3);
        commands.Run("azd up *", "echo \"the shell: ${AZURE_ENV_NAME:-}${SECRETS_STORED:-}${BUDGET_START:-}${OPERATOR_NAME:-} $TWILIO_AUTH_TOKEN\" >> \"${0%/*}/calls\"");

        // As after set -a; eval "$(azd env get-values)".
        var (succeeded, said) = await RunAsync(
            "recover-region prod prod2 westeurope francecentral", "nothing",
            ("AZURE_ENV_NAME", "prod"), ("SECRETS_STORED", "true"), ("BUDGET_START", "2026-01-01"), ("TWILIO_AUTH_TOKEN", "token"));

        Assert.True(succeeded, said);
        var changes = Calls.Where(call => !call.Contains("get-value", StringComparison.Ordinal) && !call.Contains("list-locations", StringComparison.Ordinal)).ToList();
        var server = Assert.Single(changes, call => call.StartsWith("azd env set DATABASE_SERVER_NAME ", StringComparison.Ordinal)).Split(' ')[4];
        Assert.Matches(@"^psql-familypa-prod2-\d{12}$", server);
        Assert.Equal(
            [
                "azd env select prod2",
                "azd env new prod2 --no-prompt",
                $"azd env set FAMILYPA_STAGE {stage} --environment prod2",
                "azd env set AZURE_LOCATION westeurope --environment prod2",
                "azd env set AZURE_OPENAI_LOCATION francecentral --environment prod2",
                "azd env set OPERATOR_NAME Family PA operators prod --environment prod2",
                $"azd env set DATABASE_SERVER_NAME {server} --environment prod2",
                "az group create --name rg-familypa-prod2 --location westeurope --output none",
                $"az postgres flexible-server show --resource-group rg-familypa-prod2 --name {server} --output none",
                $"az postgres flexible-server geo-restore --resource-group rg-familypa-prod2 --name {server} --location westeurope --source-server {Server}"
                + " --geo-redundant-backup Enabled --output none",
                "azd up --environment prod2 --no-prompt",
                "the shell:  token",
            ],
            changes);
    }

    [Fact]
    public async Task A_second_attempt_to_replace_a_region_goes_on_with_the_same_server()
    {
        commands.Answer("azd env get-value DATABASE_SERVER_ID --environment prod", Server);
        commands.Answer("azd env get-value DATABASE_SERVER_NAME --environment prod2", "psql-2");

        var (succeeded, said) = await RunAsync("recover-region prod prod2 westeurope francecentral", "nothing", ("TWILIO_AUTH_TOKEN", "token"));

        Assert.True(succeeded, said);
        Assert.DoesNotContain(Calls, call => call.Contains("geo-restore", StringComparison.Ordinal) || call.Contains("env new", StringComparison.Ordinal));
        Assert.Equal("azd up --environment prod2 --no-prompt", Calls[^1]);
    }

    [Theory]
    [InlineData("recover-region prod prod2 westeurope", "token", "usage")]
    [InlineData("recover-region prod prod2 westeurope francecentral", "", "read -rs TWILIO_AUTH_TOKEN")]
    [InlineData("recover-region prod prod2 westeurope francecentral", "token", "azd env refresh --environment prod")]
    public async Task Without_what_only_a_person_knows_no_region_is_replaced(string replacement, string token, string expected)
    {
        var (succeeded, said) = await RunAsync(replacement, "nothing", ("TWILIO_AUTH_TOKEN", token));

        Assert.False(succeeded);
        Assert.Contains(expected, said, StringComparison.Ordinal);
        Assert.DoesNotContain(Calls, call => !call.Contains("get-value", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("psql-old", true)]
    [InlineData("psql", false)]
    public async Task A_replaced_database_server_is_deleted_with_its_lock_and_its_endpoint_but_not_the_one_in_use(string name, bool deleted)
    {
        commands.Answer("azd env get-value RESOURCE_GROUP_NAME", "group");
        commands.Answer("azd env get-value DATABASE_SERVER_ID", Server);

        Assert.Equal(deleted, (await RunAsync($"delete-database-server {name}", "nothing")).Succeeded);
        Assert.Equal(
            deleted
                ? [
                    $"az rest --method delete --url {Server}-old/databases/familypa/providers/Microsoft.Authorization/locks/keep?api-version=2020-05-01 --output none",
                    "az postgres flexible-server delete --resource-group group --name psql-old --yes",
                    "az network private-endpoint delete --resource-group group --name pe-psql-old",
                ]
                : (string[])[],
            Calls.Where(call => call.StartsWith("az ", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("gpt-6-luna\t2026-09-22\tGenerallyAvailable\t{later}T00:00:00Z\n", "")]
    [InlineData("gpt-6-luna\t2026-09-22\tGenerallyAvailable\tNone\n", "")]
    [InlineData("gpt-6-luna\t2026-09-22\tDeprecating\t{soon}T00:00:00Z\n", "The model gpt-6-luna 2026-09-22 ends on {soon} (Deprecating)")]
    [InlineData("gpt-6-luna\t2026-09-22\tDeprecated\tNone\n", "The model gpt-6-luna 2026-09-22 ends on a day that is not known yet (Deprecated)")]
    [InlineData("", "The model gpt-6-luna 2026-09-22 is not offered in swedencentral any more")]
    [InlineData("gpt-6-luna\t2026-09-22\tStable\tNone\ngpt-transcribe\t2026-07-28\tPreview\t{soon}T00:00:00Z\n", "The model gpt-transcribe 2026-07-28 ends on {soon} (Preview)")]
    public async Task A_model_that_ends_within_120_days_becomes_an_issue_also_if_only_another_environment_has_it(string offered, string title)
    {
        string Dated(string text) => text
            .Replace("{soon}", $"{DateTime.UtcNow.AddDays(119):yyyy-MM-dd}", StringComparison.Ordinal).Replace("{later}", $"{DateTime.UtcNow.AddDays(122):yyyy-MM-dd}", StringComparison.Ordinal);
        ModelsAre(Dated(offered));

        var (succeeded, said) = await RunAsync("model-retirements", "nothing", ("GH_TOKEN", "token"));

        Assert.Equal(title.Length == 0, succeeded);
        Assert.Equal(
            title.Length == 0 ? [] : (string[])[$"gh issue create --title {Dated(title)} --body What to do: docs/runbook.md#model-unavailable. Found by infra/hooks/model-retirements."],
            Calls.Where(call => call.StartsWith("gh issue create", StringComparison.Ordinal)));
        Assert.Contains(title.Length == 0 ? "gpt-6-luna 2026-09-22, GenerallyAvailable" : Dated(title), said, StringComparison.Ordinal);
    }

    /// <summary>A Reader of the resource group may ask the account. The list of a region needs a right in the subscription.</summary>
    [Fact]
    public async Task Models_are_asked_for_with_rights_in_the_resource_group_only()
    {
        ModelsAre("gpt-6-luna\t2026-09-22\tStable\tNone\n");

        Assert.True((await RunAsync("model-retirements", "nothing")).Succeeded);
        Assert.All(Calls, call => Assert.Matches("^az cognitiveservices account .*--resource-group group( |$)", call));
    }

    [Fact]
    public async Task A_model_has_one_open_issue()
    {
        ModelsAre("");
        commands.Answer("gh issue list *", "7");

        Assert.False((await RunAsync("model-retirements", "nothing", ("GH_TOKEN", "token"))).Succeeded);
        Assert.DoesNotContain(Calls, call => call.StartsWith("gh issue create", StringComparison.Ordinal));
    }

    /// <remarks>Source: the usage of <c>azd deploy</c>, "Deploys the packaged service located at the provided path".</remarks>
    [Fact]
    public async Task A_release_is_deployed_as_the_package_that_was_tested_and_so_is_an_older_one()
    {
        commands.Answer("azd env get-value PUBLIC_BASE_URL", "https://pa.example");
        foreach (var tag in (string[])["v1.3.0", "v1.2.9"])
        {
            var (succeeded, said) = await RunAsync($"deploy-release {tag}", "nothing");

            Assert.True(succeeded, said);
            var folder = Calls[^2].Split("--dir ")[1];
            Assert.Equal([$"gh release download {tag} --pattern family-pa-{tag}.zip --dir {folder}", $"azd deploy app --from-package {folder}/family-pa-{tag}.zip --no-prompt"], Calls[^2..]);
            Assert.False(Directory.Exists(folder));
        }

        Assert.False((await RunAsync("deploy-release main", "nothing")).Succeeded);
        Assert.False((await RunAsync("deploy-release v2.0.0", "gh")).Succeeded);
        Assert.DoesNotContain(Calls, call => call.Contains("family-pa-v2.0.0.zip --no-prompt", StringComparison.Ordinal));
        Assert.DoesNotContain("azd env refresh --no-prompt", Calls);
    }

    /// <summary>As in a workflow: the azd environment is new, so that it has no outputs, and azd executes the hook after the deployment.</summary>
    [Theory]
    [InlineData("true")]
    [InlineData("false")]
    public async Task A_roll_back_on_a_new_machine_reads_the_outputs_and_may_leave_out_the_models(string skip)
    {
        var hook = Path.Combine(Repository.Root, "infra", "hooks", "postdeploy.sh");
        commands.Run("azd deploy *", $"! grep -q '^azd env refresh' \"${{0%/*}}/calls\" || export PUBLIC_BASE_URL=https://pa.example; exec sh {hook}");
        commands.Answer("az functionapp config appsettings list *", "AZURE_OPENAI_ENDPOINT=https://oai.example/");

        var (succeeded, said) = await RunAsync("deploy-release v1.2.9", "dotnet", ("PUBLIC_BASE_URL", null), ("SKIP_MODEL_CHECK", skip));

        Assert.Equal(skip == "true", succeeded);
        Assert.Contains("curl --silent --fail --max-time 10 --output /dev/null https://pa.example/api/health/ready", Calls);
        Assert.Equal(skip == "true" ? 0 : 1, Calls.Count(call => call.StartsWith("dotnet ", StringComparison.Ordinal)));
        Assert.Equal(skip == "true", said.Contains("\nReady.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Operators_get_roles_and_tokens_that_the_app_can_check()
    {
        var (succeeded, said) = await RunAsync("operator-registration", "nothing", ("FAMILYPA_STAGE", "prod"), ("LISTED", "there"));

        Assert.True(succeeded, said);
        var bodies = Calls.Where(call => call.Contains(" --body ", StringComparison.Ordinal)).Select(call => JsonDocument.Parse(call.Split(" --body ")[1]).RootElement).ToList();
        Assert.Equal(["reader", "operator"], bodies[0].GetProperty("appRoles").EnumerateArray().Select(role => role.GetProperty("value").GetString()));
        Assert.All(bodies[..2], body => Assert.Equal(2, body.GetProperty("api").GetProperty("requestedAccessTokenVersion").GetInt32()));
        Assert.Equal("https://pa.example/ops", bodies[0].GetProperty("spa").GetProperty("redirectUris")[0].GetString());
        var role = bodies[0].GetProperty("appRoles")[1].GetProperty("id").GetString();
        Assert.Equal(("there", role), (bodies[2].GetProperty("resourceId").GetString(), bodies[2].GetProperty("appRoleId").GetString()));
        Assert.Contains("az ad sp update --id there --set appRoleAssignmentRequired=true", Calls);
        Assert.Contains("azd env set OPERATOR_AUDIENCE", said, StringComparison.Ordinal);
    }

    private void ModelsAre(string offered)
    {
        commands.Answer("az cognitiveservices account list *", "oai\tswedencentral\n");
        commands.Answer("az cognitiveservices account deployment list *", "gpt-6-luna\t2026-09-22\n");
        commands.Answer("az cognitiveservices account list-models *", offered);
    }

    /// <summary>Also checks every command line that the hook executes or tells the reader to execute.</summary>
    private async Task<(bool Succeeded, string Output)> RunAsync(string hook, string failing, params (string Name, string? Value)[] given)
    {
        var environment = new Dictionary<string, string?>
        {
            ["PATH"] = commands.Path,
            ["FAILING"] = failing,
            ["AZURE_SUBSCRIPTION_ID"] = "subscription",
            ["DATABASE_SERVER_ID"] = Server,
            ["MIGRATION_CONNECTION_STRING"] = "Host=psql",
            ["APP_IDENTITY_OBJECT_ID"] = "11111111-1111-1111-1111-111111111111",
            ["OPERATOR_NAME"] = "operators",
            ["OPERATOR_OBJECT_ID"] = "22222222-2222-2222-2222-222222222222",
            ["PUBLIC_BASE_URL"] = "https://pa.example",
            ["RESOURCE_GROUP_NAME"] = "group",
            ["FUNCTION_APP_NAME"] = "func",
            ["KEY_VAULT_NAME"] = "vault",
        };
        foreach (var (name, value) in given)
            environment[name] = value;
        var result = await ChildProcess.RunAsync(
            new ChildStart("sh", [Path.Combine(Repository.Root, "infra", "hooks", hook.Split(' ')[0]), .. hook.Split(' ')[1..]]) { Environment = environment }, TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        Assert.All(commands.CommandLines.Concat(ToldIn(result.Output)), line => Assert.Null(CommandLine.Complaint(line)));
        return result;
    }
    private static IEnumerable<IReadOnlyList<string>> ToldIn(string output) =>
        output.Split('\n').Where(line => line.StartsWith("  az", StringComparison.Ordinal) || line.StartsWith("  gh ", StringComparison.Ordinal))
            .SelectMany(ShellCommand.Parse).Select(command => command.Words);
}
