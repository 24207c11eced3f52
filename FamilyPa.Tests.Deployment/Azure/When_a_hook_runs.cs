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
        (string, string)[] given = [("TWILIO_ACCOUNT_SID", "AC1"), ("TWILIO_AUTH_TOKEN", "token"), ("ALERT_EMAILS", "a@example.com"), ("FAMILYPA_AUDIO_MAY_LEAVE_EU", "true")];

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

        var (succeeded, said) = await RunAsync("github-identity", "nothing", ("GITHUB_REPOSITORY", "owner/repository"), ("LISTED", "there"));

        Assert.True(succeeded, said);
        var made = Calls.Where(call => call.Contains(" create ", StringComparison.Ordinal)).Select(call => call.Split(" create ")[0]);
        Assert.Equal(["az ad app", "az role assignment", "az role assignment", "az role assignment", "az role assignment"], made);
        Assert.All(Calls.Where(call => call.StartsWith("az role assignment create", StringComparison.Ordinal)), call => Assert.Contains(" --assignee-object-id there ", call, StringComparison.Ordinal));
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
        Assert.DoesNotContain(changes[^3][10..], said, StringComparison.Ordinal);
        Assert.DoesNotContain("old-value", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_old_secret_is_deleted_once_only_the_new_one_is_taken()
    {
        commands.Answer("azd env get-value KEY_VAULT_NAME", "vault");

        var (succeeded, said) = await RunAsync("rotate twilio-auth-token finish", "nothing", ("ROTATING_SECRETS", "twilio-auth-token"));

        Assert.True(succeeded, said);
        Assert.Equal(
            ["azd env set ROTATING_SECRETS ", "azd provision --no-prompt", "az keyvault secret delete --vault-name vault --name twilio-auth-token-next --output none"], Calls[2..]);
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

    [Fact]
    public async Task What_a_deletion_left_is_recovered_before_the_rest_is_created_anew()
    {
        commands.Answer("azd env get-value AZURE_ENV_NAME", "prod");
        commands.Answer("azd env get-value AZURE_LOCATION", "swedencentral");
        commands.Answer("az keyvault list-deleted *", "kv-fpa-1");
        commands.Answer("az cognitiveservices account list-deleted *", "oai-familypa-1\tswedencentral\n");

        var (succeeded, said) = await RunAsync("recover", "nothing", ("DROPPED_DATABASE_ID", Server));

        Assert.True(succeeded, said);
        Assert.Equal(
            [
                "az group create --name rg-familypa-prod --location swedencentral --output none",
                "az keyvault recover --name kv-fpa-1 --resource-group rg-familypa-prod --output none",
                "az cognitiveservices account recover --name oai-familypa-1 --resource-group rg-familypa-prod --location swedencentral --output none",
                $"az postgres flexible-server revive-dropped --name psql --resource-group rg-familypa-prod --location swedencentral --source-server {Server} --output none",
            ],
            Calls.Where(call => call.StartsWith("az ", StringComparison.Ordinal) && !call.Contains("list-deleted", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("GenerallyAvailable\t{later}T00:00:00Z\n", "")]
    [InlineData("GenerallyAvailable\tNone\n", "")]
    [InlineData("Deprecating\t{soon}T00:00:00Z\n", "The model gpt-6-luna 2026-09-22 of the deployment chat ends on {soon} (Deprecating)")]
    [InlineData("", "The model gpt-6-luna 2026-09-22 of the deployment chat is not offered in swedencentral any more")]
    public async Task A_model_that_ends_within_120_days_becomes_an_issue(string known, string title)
    {
        string Dated(string text) => text
            .Replace("{soon}", $"{DateTime.UtcNow.AddDays(119):yyyy-MM-dd}", StringComparison.Ordinal).Replace("{later}", $"{DateTime.UtcNow.AddDays(122):yyyy-MM-dd}", StringComparison.Ordinal);
        commands.Answer("az cognitiveservices account list *", "oai\tswedencentral\n");
        commands.Answer("az cognitiveservices account deployment list *", "chat\tgpt-6-luna\t2026-09-22\n");
        commands.Answer("az cognitiveservices model list *", Dated(known));

        var (succeeded, said) = await RunAsync("model-retirements", "nothing", ("GH_TOKEN", "token"));

        Assert.Equal(title.Length == 0, succeeded);
        Assert.Contains(
            "az cognitiveservices model list --location swedencentral --output tsv --query [?kind=='OpenAI' && model.name=='gpt-6-luna' && model.version=='2026-09-22'].[model.lifecycleStatus, model.deprecation.inference]",
            Calls);
        Assert.Equal(
            title.Length == 0 ? [] : (string[])[$"gh issue create --title {Dated(title)} --body What to do: docs/runbook.md#model-unavailable. Found by infra/hooks/model-retirements."],
            Calls.Where(call => call.StartsWith("gh issue create", StringComparison.Ordinal)));
        Assert.Contains(title.Length == 0 ? "chat: gpt-6-luna 2026-09-22, GenerallyAvailable" : Dated(title), said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_has_one_open_issue()
    {
        commands.Answer("az cognitiveservices account list *", "oai\tswedencentral\n");
        commands.Answer("az cognitiveservices account deployment list *", "chat\tgpt-6-luna\t2026-09-22\n");
        commands.Answer("az cognitiveservices model list *", "");
        commands.Answer("gh issue list *", "7");

        Assert.False((await RunAsync("model-retirements", "nothing", ("GH_TOKEN", "token"))).Succeeded);
        Assert.DoesNotContain(Calls, call => call.StartsWith("gh issue create", StringComparison.Ordinal));
    }

    /// <remarks>Source: the usage of <c>azd deploy</c>, "Deploys the packaged service located at the provided path".</remarks>
    [Fact]
    public async Task A_release_is_deployed_as_the_package_that_was_tested_and_so_is_an_older_one()
    {
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
            ["OPERATOR_NAME"] = "operators",
            ["OPERATOR_OBJECT_ID"] = "22222222-2222-2222-2222-222222222222",
            ["PUBLIC_BASE_URL"] = "https://pa.example",
            ["RESOURCE_GROUP_NAME"] = "group",
            ["FUNCTION_APP_NAME"] = "func",
            ["KEY_VAULT_NAME"] = "vault",
        };
        foreach (var (name, value) in given)
            environment[name] = value;
        return ChildProcess.RunAsync(
            new ChildStart("sh", [Path.Combine(Repository.Root, "infra", "hooks", hook.Split(' ')[0]), .. hook.Split(' ')[1..]]) { Environment = environment }, TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
    }
}
