using System.Text.Json;
using FamilyPa.Local.Processes;

namespace FamilyPa.Local.App;

/// <summary>
/// The platform's own host in the place of the one that the app is built with here. Where FAMILYPA_FUNCTIONS_HOST names its folder, it runs what
/// <c>dotnet publish FamilyPa.Functions -c Release -o artifacts/app</c> has left.
/// </summary>
public static class FunctionsHost
{
    private static readonly string? Folder = AppSettings.Given("FAMILYPA_FUNCTIONS_HOST");
    private static readonly string App = Path.Combine(Repository.Root, "artifacts", "app");

    public static bool IsUsed => Folder is not null;

    internal static ChildStart Start(IReadOnlyDictionary<string, string?> settings)
    {
        if (!File.Exists(Path.Combine(App, "worker.config.json")))
            throw new LocalRunException($"The app is not published for the Functions host: there is no worker.config.json in {App}.");
        return new ChildStart(Path.Combine(Folder!, "Microsoft.Azure.WebJobs.Script.WebHost"))
        {
            WorkingDirectory = Folder,
            // Its worker, which it does not end when it is killed.
            DiesWithItsChildren = true,
            Environment = new Dictionary<string, string?>(settings)
            {
                ["ASPNETCORE_URLS"] = settings[AppSettings.RuntimeUrl],
                ["AzureWebJobsScriptRoot"] = App,
                ["FUNCTIONS_WORKER_RUNTIME"] = "dotnet-isolated",
                ["languageWorkers__dotnet-isolated__workerDirectory"] = App,
                ["AzureWebJobsSecretStorageType"] = "files",
                ["FUNCTIONS_SECRETS_PATH"] = WriteKeys(settings),
                // It says nothing unless asked, and the tests read what it says.
                ["AzureFunctionsJobHost__logging__console__isEnabled"] = "true",
                ["AzureFunctionsJobHost__logging__logLevel__Function"] = "Information",
                // A container's name is how it knows that it runs in Azure.
                ["CONTAINER_NAME"] = null,
                // It is built for an older .NET than the app.
                ["DOTNET_ROLL_FORWARD"] = "Major",
            },
        };
    }

    private static string WriteKeys(IReadOnlyDictionary<string, string?> settings)
    {
        var folder = Directory.CreateDirectory(Path.Combine(settings[AppSettings.RuntimeState]!, "keys")).FullName;
        File.WriteAllText(Path.Combine(folder, "host.json"), JsonSerializer.Serialize(new { masterKey = Key("master"), functionKeys = new[] { Key("default") }, systemKeys = Array.Empty<object>() }));
        return folder;

        object Key(string name) => new { name, value = settings[AppSettings.RuntimeKey], encrypted = false };
    }
}
