using FamilyPa.Local.Services;

namespace FamilyPa.Local.Running;

/// <summary>Files that the local run keeps below local/.state.</summary>
internal static class LocalData
{
    public static string Lock => In("run.lock");

    public static string Secrets => In("secrets.json");

    public static string Storage => In("azurite");

    public static string AppLog => In("app.log");

    public static string AppRecord => In("app.json");

    /// <summary>Keeps the secrets, so that scripts and sessions stay valid.</summary>
    public static async Task DropAsync()
    {
        await PostgresServer.DeleteAsync(LocalDatabase.Folder);
        await AzuriteServer.DeleteAsync(Storage);
    }

    private static string In(string name) => Path.Combine(Repository.StateFolder, name);
}
