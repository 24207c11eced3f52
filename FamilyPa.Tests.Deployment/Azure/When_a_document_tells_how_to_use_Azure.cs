using System.Text.RegularExpressions;
using FamilyPa.Local;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Deployment.Azure;

/// <summary>
/// Parses the documents' command lines for Azure without executing them. Commands and options must exist in <c>azd</c> and <c>az</c>. Values, outputs, secrets and queues
/// must exist in <c>infra/</c>.
/// </summary>
public sealed partial class When_a_document_tells_how_to_use_Azure
{
    /// <summary>Values of an azd environment that neither infra/ reads nor the deployment writes.</summary>
    private static readonly string[] Own = ["AZURE_SUBSCRIPTION_ID", "SECRETS_STORED"];

    private static readonly string[] Settable = [.. DeploymentNames.Read, .. Own];
    private static readonly string[] Values = [.. Settable, .. DeploymentNames.Outputs];

    /// <summary>Commands that another test checks (<c>familypa</c>), or none.</summary>
    private static readonly string[] OtherCommands = ["curl", "dotnet", "echo", "eval", "export", "familypa", "psql", "read", "set"];

    /// <summary>Options of every Azure CLI command.</summary>
    private static readonly Dictionary<string, string> Common = new() { ["--query"] = ".+", ["--output"] = "json|none|table|tsv" };

    /// <summary>The Azure CLI commands in the documents, with their required options and patterns for the values.</summary>
    /// <remarks>Source: the Azure CLI's reference (learn.microsoft.com/cli/azure/reference-index).</remarks>
    private static readonly Dictionary<string, Dictionary<string, string>> AzureCli = new()
    {
        ["login"] = [],
        ["logout"] = [],
        ["account show"] = [],
        ["lock delete"] = new() { ["--ids"] = $"({Value("DATABASE_SERVER_ID")})/databases/familypa/providers/Microsoft.Authorization/locks/keep" },
        ["functionapp stop"] = App,
        ["functionapp start"] = App,
        ["functionapp config appsettings set"] = new(App) { ["--settings"] = @"Pipeline__ReconcileBack=\d\.\d\d:00:00" },
        ["functionapp keys set"] = new(App) { ["--key-type"] = "functionKeys", ["--key-name"] = "default" },
        ["postgres flexible-server restore"] = new()
        {
            ["--resource-group"] = Value("RESOURCE_GROUP_NAME"),
            ["--name"] = "psql-[a-z-]+",
            ["--source-server"] = Value("DATABASE_SERVER_ID"),
            ["--restore-time"] = @"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ",
            ["--geo-redundant-backup"] = "Enabled",
        },
        ["account get-access-token"] = new() { ["--resource-type"] = "oss-rdbms" },
        ["keyvault secret show"] = new() { ["--vault-name"] = Value("KEY_VAULT_NAME"), ["--name"] = Secret },
        ["functionapp keys list"] = App,
        ["storage message put"] = new()
        {
            ["--account-name"] = Value("STORAGE_ACCOUNT_NAME"),
            ["--auth-mode"] = "login",
            ["--queue-name"] = string.Join('|', DeploymentNames.Queues),
            ["--content"] = "SM.+",
        },
    };

    public static TheoryData<string> Guides => [.. Documents.Files().Where(file => Blocks(file).Concat(Lines(file)).Any()).Select(file => Path.GetRelativePath(Repository.Root, file))];

    private static Dictionary<string, string> App => new() { ["--resource-group"] = Value("RESOURCE_GROUP_NAME"), ["--name"] = Value("FUNCTION_APP_NAME") };

    private static string Secret => $"({string.Join('|', DeploymentNames.Secrets)})(-next)?";

    [Theory]
    [MemberData(nameof(Guides))]
    public void Its_commands_exist_and_name_what_is_deployed(string guide)
    {
        var file = Path.Combine(Repository.Root, guide);

        var known = new HashSet<string>();
        // A block may use variables of earlier blocks.
        Assert.Empty(Blocks(file).SelectMany(block => Complaints(block, known)));
        // Inline code may use values that the surrounding text tells the reader to set.
        Assert.Empty(Lines(file).SelectMany(line => Complaints(line, [.. known, .. Values])));
    }

    [Fact]
    public void The_guides_are_found() => Assert.Superset(new HashSet<string> { "SECURITY.md", "docs/deploy.md", "docs/operations.md", "docs/recovery.md", "docs/runbook.md" }, Guides.Select(guide => guide.Data).ToHashSet());

    [Theory]
    [InlineData("azd env set ALERT_MAILS you@example.com")]
    [InlineData("azd env set ALERT_EMAILS")]
    [InlineData("azd env get-value STORAGE_NAME")]
    [InlineData("azd upp")]
    [InlineData("az keyvault secret show --vault-name kv --name twilio-auth-token")]
    [InlineData("az keyvault secret show --vault-name \"$(azd env get-value KEY_VAULT_NAME)\" --name twilio-token")]
    [InlineData("az keyvault secret show --vault-name \"$(azd env get-value KEY_VAULT_NAME)\"")]
    [InlineData("az storage message put --account-name \"$(azd env get-value STORAGE_ACCOUNT_NAME)\" --auth-mode login --queue extract --content SM…")]
    [InlineData("az storage message put --account-name \"$(azd env get-value STORAGE_ACCOUNT_NAME)\" --auth-mode login --queue-name extrakt --content SM…")]
    [InlineData("az login --output xml")]
    [InlineData("echo \"$KEY_VAULT_NAME\"")]
    [InlineData("echo \"$(az keyvault secret list)\"")]
    [InlineData("echo \"$(az login\"")]
    [InlineData("azd env set ALERT_EMAILS 'you@example.com")]
    [InlineData("azd up && familypaa migrate")]
    [InlineData("infra/hooks/github-identity")]
    [InlineData("infra/hooks/with-databases psql")]
    [InlineData("infra/hooks/with-database psqll")]
    public void A_wrong_one_is_noticed(string line) => Assert.NotEmpty(Complaints(line, []));

    private static IEnumerable<string> Blocks(string file) => Documents.Blocks(File.ReadAllText(file)).Where(block => Azure().IsMatch(block));

    private static IEnumerable<string> Lines(string file) => Documents.Inline(File.ReadAllText(file)).Where(line => Line().IsMatch(line));

    /// <param name="known">The variables set before; those that the script sets are added.</param>
    private static List<string> Complaints(string script, HashSet<string> known)
    {
        IReadOnlyList<ShellCommand> commands;
        try
        {
            commands = ShellCommand.Parse(script);
        }
        catch (FormatException exception)
        {
            return [exception.Message];
        }

        var complaints = new List<string>();
        foreach (var command in commands)
        {
            complaints.AddRange(command.Used.Where(name => !known.Contains(name)).Select(name => $"{command}: {name} is not set"));
            if (Complaint([.. command.Words], command.Assigned) is { } complaint)
                complaints.Add($"{command}: {complaint}");
            if (command.Words is [] or ["export", ..])
                known.UnionWith(command.Assigned);
            if (command.Words is ["azd", "env", "get-values"])
                known.UnionWith(Values);
        }

        return complaints;
    }

    private static string? Complaint(string[] words, IReadOnlyList<string> assigned) => words switch
    {
        [] => null,
        ["azd", .. var arguments] => CommandLine.Complaint(words) ?? OfDeveloperCli(arguments),
        ["az", .. var arguments] => CommandLine.Complaint(words) ?? OfAzureCli(arguments),
        ["gh", ..] => CommandLine.Complaint(words),
        ["infra/hooks/with-database", _, ..] => OfHook(words[0], assigned) ?? Complaint(words[1..], assigned),
        [var file, ..] when file.StartsWith("infra/", StringComparison.Ordinal) => OfHook(file, assigned),
        [var command, ..] => OtherCommands.Contains(command) ? null : "there is no such command",
    };

    /// <remarks>Source: the Azure Developer CLI's reference (learn.microsoft.com/azure/developer/azure-developer-cli/reference).</remarks>
    private static string? OfDeveloperCli(string[] arguments) => arguments switch
    {
        ["up" or "provision" or "deploy"] or ["down", "--purge"] or ["provision", "--preview"] or ["env", "get-values"] or ["env", "new", _] or ["config", "set", "auth.useAzCliAuth", "true"] => null,
        ["env", "get-value", var name] => Values.Contains(name) ? null : $"there is no value {name}",
        ["env", "set", var name, _] => Settable.Contains(name) ? null : $"nothing reads {name}",
        _ => "azd has no such command",
    };

    private static string? OfAzureCli(string[] arguments)
    {
        var command = string.Join(' ', arguments.TakeWhile(word => !word.StartsWith('-')));
        if (!AzureCli.TryGetValue(command, out var required))
            return $"az has no command {command}, or it is not in the list of those that documents use";
        var options = arguments.Skip(command.Split(' ').Length).Chunk(2).ToList();
        if (required.Keys.Except(options.Select(option => option[0])).FirstOrDefault() is { } missing)
            return $"{missing} is missing";
        foreach (var option in options)
            if (!required.Concat(Common).ToDictionary().TryGetValue(option[0], out var pattern))
                return $"there is no option {option[0]}";
            else if (option is not [_, var value] || !Regex.IsMatch(value, $"^({pattern})$"))
                return $"{string.Join(' ', option)} is not {pattern}";
        return null;
    }

    /// <param name="assigned">Variables in addition to the values of the azd environment.</param>
    private static string? OfHook(string file, IReadOnlyList<string> assigned)
    {
        var path = Path.Combine(Repository.Root, file);
        if (!File.Exists(path))
            return "there is no such file";
        if (!OperatingSystem.IsWindows() && !File.GetUnixFileMode(path).HasFlag(UnixFileMode.UserExecute))
            return "it cannot be executed";
        var needed = Variable().Matches(File.ReadAllText(path)).Select(match => match.Groups[1].Value);
        return needed.Except([.. Values, .. assigned]).FirstOrDefault() is { } missing ? $"it needs {missing}" : null;
    }

    /// <summary>A pattern for the two ways to get a value of the azd environment.</summary>
    private static string Value(string name) => $@"\${name}|\$\(azd env get-value {name}\)";

    [GeneratedRegex(@"\bazd? [a-z]|infra/hooks/")]
    private static partial Regex Azure();

    /// <summary>Variables of the environment, in capitals and without a default.</summary>
    [GeneratedRegex(@"\$\{?([A-Z][A-Z_]+)\b(?!:-)")]
    private static partial Regex Variable();

    [GeneratedRegex(@"^azd? [a-z]|\$\(az ")]
    private static partial Regex Line();
}
