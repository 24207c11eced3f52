namespace FamilyPa.Local.Processes;

/// <summary>A lock between processes: an open file that nobody else can open. The system releases it when its holder ends.</summary>
public static class FileLock
{
    public static IDisposable? TryAcquire(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return null;
        }
    }

    public static async Task<IDisposable> AcquireAsync(string path, Action? onWait = null, CancellationToken cancellationToken = default)
    {
        for (var waits = 0; ; waits++)
        {
            if (TryAcquire(path) is { } held)
                return held;
            if (waits == 0)
                onWait?.Invoke();
            await Task.Delay(100, cancellationToken);
        }
    }
}
