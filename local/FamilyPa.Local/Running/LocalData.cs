using FamilyPa.Local.Services;

namespace FamilyPa.Local.Running;

/// <summary>What the local run keeps between runs, below local/.state.</summary>
internal static class LocalData
{
    public static string Lock => In("run.lock");

    public static string Secrets => In("secrets.json");

    public static string Storage => In("azurite");

    public static string AppLog => In("app.log");

    public static string AppRecord => In("app.json");

    /// <summary>Secrets stay: a script or a session that knows them goes on working.</summary>
    public static async Task DropAsync()
    {
        await PostgresServer.DeleteAsync(LocalDatabase.Folder);
        await AzuriteServer.DeleteAsync(Storage);
    }

    private static string In(string name) => Path.Combine(Repository.StateFolder, name);
}
