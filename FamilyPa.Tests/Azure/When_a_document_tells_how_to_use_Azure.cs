using System.Text.RegularExpressions;
using FamilyPa.Local;
using FamilyPa.Local.Processes;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Azure;

/// <summary>
/// What the documents have people type at Azure is run, document by document, by a shell that takes no unset variable and no failure, as somebody would
/// who begins with nothing but an <c>azd</c> environment. <c>azd</c> and <c>az</c> are stubs that take what infra/ and their references know.
/// </summary>
public sealed partial class When_a_document_tells_how_to_use_Azure : IDisposable
{
    /// <summary>Those of azd's own that infra/ does not read, beside the outputs of the deployment.</summary>
    private static readonly string[] Own = ["AZURE_SUBSCRIPTION_ID", "SECRETS_STORED"];

    private readonly StandIns commands = new("curl", "dotnet", "familypa", "psql");

    private readonly string[] values;

    public When_a_document_tells_how_to_use_Azure()
    {
        string[] settable = [.. DeploymentNames.Read, .. Own];
        values = [.. settable, .. DeploymentNames.Outputs];
        commands.Add("azd", $"""
            case "$*" in
              'env get-values') printf '{string.Concat(values.Select(name => $"{name}=\"the {name}\"\\n"))}' ;;
              'env get-value '*) case " {string.Join(' ', values)} " in *" $3 "*) echo "the $3" ;; *) exit 1 ;; esac ;;
              'env set '*) case " {string.Join(' ', settable)} " in *" $3 "*) [ $# -eq 4 ] ;; *) exit 1 ;; esac ;;
              'config set auth.useAzCliAuth true' | 'env new '* | up | provision | deploy | down) ;;
              *) exit 1 ;;
            esac
            """);
        commands.Add("az", """
            case "$*" in
              login | 'account get-access-token --resource-type oss-rdbms '*) ;;
              'keyvault secret show --vault-name the KEY_VAULT_NAME --name '* | 'keyvault secret set --vault-name the KEY_VAULT_NAME --name '*' --value '*) ;;
              'functionapp keys list --resource-group the RESOURCE_GROUP_NAME --name the FUNCTION_APP_NAME '*) ;;
              'storage message put --account-name the STORAGE_ACCOUNT_NAME --auth-mode login --queue-name '*' --content SM'*) ;;
              'resource create --id the DATABASE_SERVER_ID/firewallRules/'* | 'resource delete --ids the'*) ;;
              'role '* | 'ad app '* | 'ad sp '*) ;;
              *) exit 1 ;;
            esac
            case "$*" in *' --query '*) echo given ;; esac
            """);
    }

    public static TheoryData<string> Guides => [.. Documents.Files().Where(file => ForAzure(file).Any()).Select(file => Path.GetRelativePath(Repository.Root, file))];

    public void Dispose() => commands.Dispose();

    [Theory]
    [MemberData(nameof(Guides))]
    public async Task It_can_be_typed_as_it_stands(string guide)
    {
        var (succeeded, said) = await TypeAsync(string.Join('\n', ForAzure(Path.Combine(Repository.Root, guide))));

        Assert.Empty(commands.Failures);
        Assert.True(succeeded, said);
        Assert.NotEmpty(commands.Calls);
    }

    [Fact]
    public void The_guides_are_found() => Assert.Superset(new HashSet<string> { "README.md", "SECURITY.md", "docs/deploy.md", "docs/runbook.md" }, Guides.Select(guide => guide.Data).ToHashSet());

    [Theory]
    [InlineData("azd env set ALERT_MAILS you@example.com")]
    [InlineData("azd env get-value STORAGE_NAME")]
    [InlineData("azd upp")]
    [InlineData("az keyvault secret show --vault-name kv --name twilio-auth-token")]
    [InlineData("echo \"$KEY_VAULT_NAME\"")]
    [InlineData("echo \"$(az keyvault secret list)\"")]
    public async Task What_is_wrong_is_noticed(string line)
    {
        var (succeeded, _) = await TypeAsync(line);

        Assert.False(succeeded && commands.Failures.Length == 0);
    }

    private static IEnumerable<string> ForAzure(string file)
    {
        var text = File.ReadAllText(file);
        // What is only named in passing needs the values that the text around it tells to set.
        return Documents.Blocks(text).Where(block => Azure().IsMatch(block))
            .Concat(Documents.Inline(text).Where(line => Line().IsMatch(line)).Select(line => $"set -a; eval \"$(azd env get-values)\"; set +a\n{line}"));
    }

    private Task<(bool Succeeded, string Output)> TypeAsync(string lines)
    {
        // What is meant to come from the documents does not come from the shell that runs the tests.
        var environment = values.ToDictionary(name => name, _ => (string?)null);
        environment["PATH"] = commands.Path;
        // What a person has in hand: the secrets of which SECURITY.md speaks.
        (environment["OLD"], environment["SECONDARY"]) = ("old", "secondary");
        return ChildProcess.RunAsync(
            new ChildStart("bash", ["-euo", "pipefail", "-c", lines]) { Environment = environment, WorkingDirectory = Repository.Root }, TestContext.Current.CancellationToken);
    }

    [GeneratedRegex(@"\bazd? [a-z]|infra/hooks/")]
    private static partial Regex Azure();

    [GeneratedRegex(@"^azd? [a-z]|\$\(az ")]
    private static partial Regex Line();
}
