namespace FamilyPa.Tests.Deployment.Azure;

/// <summary>The command lines of <c>az</c>, <c>azd</c> and <c>gh</c> that documents, hooks and workflows use, in the notation of the tools' references.</summary>
/// <remarks>
/// Sources, read 2026-11: learn.microsoft.com/cli/azure/reference-index, learn.microsoft.com/azure/developer/azure-developer-cli/reference, cli.github.com/manual.
/// </remarks>
internal static class CommandLine
{
    /// <summary>Words, then arguments in angle brackets and options. <c>_</c> is the value of an option; brackets mean that it may be left out.</summary>
    private static readonly string[] Usages =
    [
        "az account get-access-token [--resource _] [--resource-type _]",
        "az account list-locations",
        "az account show",
        "az ad app create --display-name _ [--sign-in-audience _]",
        "az ad app federated-credential create --id _ --parameters _",
        "az ad app federated-credential list --id _",
        "az ad app federated-credential update --id _ --federated-credential-id _ --parameters _",
        "az ad group create --display-name _ --mail-nickname _",
        "az ad group list [--filter _]",
        "az ad group member add --group _ --member-id _",
        "az ad group member check --group _ --member-id _",
        "az ad signed-in-user show",
        "az ad sp create --id _",
        "az ad sp list [--filter _]",
        "az ad sp update --id _ [--set _]",
        "az cognitiveservices account deployment list --name _ --resource-group _",
        "az cognitiveservices account list [--resource-group _]",
        "az cognitiveservices account list-deleted",
        "az cognitiveservices account list-models --name _ --resource-group _",
        "az cognitiveservices account recover --name _ --resource-group _ --location _",
        "az functionapp config appsettings list --name _ --resource-group _",
        "az functionapp config appsettings set --name _ --resource-group _ [--settings _]",
        "az functionapp keys list --name _ --resource-group _",
        "az functionapp keys set --name _ --resource-group _ --key-type _ --key-name _",
        "az functionapp list [--resource-group _]",
        "az functionapp start --name _ --resource-group _",
        "az functionapp stop --name _ --resource-group _",
        "az group create --name _ --location _",
        "az keyvault list-deleted [--resource-type _]",
        "az keyvault recover --name _ [--resource-group _]",
        "az keyvault secret delete --vault-name _ --name _",
        "az keyvault secret list-deleted --vault-name _",
        "az keyvault secret recover --vault-name _ --name _",
        "az keyvault secret set --vault-name _ --name _ [--file _] [--encoding _] [--expires _]",
        "az keyvault secret show --vault-name _ --name _",
        "az lock delete --ids _",
        "az login",
        "az logout",
        "az monitor activity-log list [--resource-group _] [--offset _]",
        "az network private-endpoint delete --name _ --resource-group _",
        "az postgres flexible-server delete --name _ --resource-group _ [--yes]",
        "az postgres flexible-server geo-restore --name _ --resource-group _ --location _ --source-server _ [--geo-redundant-backup _]",
        "az postgres flexible-server restore --name _ --resource-group _ --source-server _ [--restore-time _] [--geo-redundant-backup _]",
        "az postgres flexible-server revive-dropped --name _ --resource-group _ --location _ --source-server _",
        "az postgres flexible-server show --name _ --resource-group _",
        "az provider register --namespace _ [--wait]",
        "az resource delete --ids _ [--api-version _]",
        "az rest --url _ [--method _] [--body _] [--headers _]",
        "az role assignment create --role _ --scope _ [--assignee-object-id _] [--assignee-principal-type _] [--condition _] [--condition-version _]",
        "az role assignment delete [--assignee _] [--role _] [--scope _]",
        "az role definition create --role-definition _",
        "az role definition list [--name _] [--scope _]",
        "az storage message put --queue-name _ --content _ [--account-name _] [--auth-mode _]",
        "azd config set <path> <value>",
        "azd deploy [<service>] [--from-package _]",
        "azd down [--purge]",
        "azd env get-value <name>",
        "azd env get-values",
        "azd env new <name>",
        "azd env refresh",
        "azd env select <name>",
        "azd env set --file _",
        "azd env set <name> <value>",
        "azd provision [--preview]",
        "azd up",
        "gh api <endpoint> [--method _] [--jq _] [-F _]",
        "gh issue create --title _ --body _",
        "gh issue list [--state _] [--search _] [--json _] [--jq _]",
        "gh release create <tag> [--verify-tag] [--notes-file _] <file>",
        "gh release download <tag> [--pattern _] [--dir _]",
        "gh run download <run> [--name _] [--dir _]",
        "gh variable delete <name> [--env _] [--repo _]",
        "gh variable set <name> [--env _] [--repo _] [--body _]",
    ];

    /// <summary>Options of every command of a tool.</summary>
    private static readonly Dictionary<string, string> Common = new()
    {
        ["az"] = "[--output _] [--query _] [--subscription _]",
        ["azd"] = "[--environment _] [--no-prompt]",
        ["gh"] = "",
    };

    /// <summary>What is wrong with a command line; null if nothing is, or if it is of another tool.</summary>
    public static string? Complaint(IReadOnlyList<string> words)
    {
        if (words.Count == 0 || !Common.TryGetValue(words[0], out var common))
            return null;
        var found = Parsed.Where(usage => words.Take(usage.Command.Length).SequenceEqual(usage.Command)).ToLookup(usage => usage.Command.Length).MaxBy(usages => usages.Key);
        if (found is null)
            return $"the references have no {string.Join(' ', words)}, or it is not in the list of those that are used";
        var complaints = found.Select(usage => Complaint([.. usage.Usage, .. common.Split(' ', StringSplitOptions.RemoveEmptyEntries)], [.. words.Skip(found.Key)])).ToList();
        return complaints.Contains(null) ? null : $"{string.Join(' ', words)}: {complaints[0]}";
    }

    /// <summary>The commands of a tool, without their arguments; none of a tool that has no list here.</summary>
    public static IEnumerable<string> Of(string tool) => Parsed.Select(usage => string.Join(' ', usage.Command)).Where(command => command.StartsWith($"{tool} ", StringComparison.Ordinal)).Distinct();

    private static IEnumerable<(string[] Command, string[] Usage)> Parsed => Usages.Select(usage => usage.Split(' ')).Select(usage => (usage.TakeWhile(IsWord).ToArray(), usage.SkipWhile(IsWord).ToArray()));

    private static bool IsWord(string part) => char.IsAsciiLetterLower(part[0]);

    private static string? Complaint(string[] usage, string[] arguments)
    {
        var needed = usage.Where(part => part[0] is '-' or '<').ToHashSet();
        var positions = new Queue<string>(usage.Where(part => part.Contains('<', StringComparison.Ordinal)));
        for (var i = 0; i < arguments.Length; i++)
        {
            if (!arguments[i].StartsWith('-'))
            {
                if (!positions.TryDequeue(out var position))
                    return $"there is no place for {arguments[i]}";
                needed.Remove(position);
                continue;
            }

            var at = Array.FindIndex(usage, part => part.Trim('[', ']') == arguments[i]);
            if (at < 0)
                return $"there is no option {arguments[i]}";
            needed.Remove(arguments[i]);
            if (at + 1 < usage.Length && usage[at + 1][0] == '_' && ++i == arguments.Length)
                return $"{arguments[^1]} has no value";
        }

        return needed.Count == 0 ? null : $"{needed.First()} is missing";
    }
}
