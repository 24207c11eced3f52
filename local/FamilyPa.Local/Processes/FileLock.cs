namespace FamilyPa.Local.Processes;

/// <summary>A lock between processes. The system releases it when its holder ends.</summary>
public sealed class FileLock : IDisposable
{
    private readonly FileStream stream;

    private FileLock(FileStream stream) => this.stream = stream;

    public static FileLock? TryAcquire(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        try
        {
            return new FileLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException)
        {
            return null;
        }
    }

    public static async Task<FileLock> AcquireAsync(string path, Action? onWait = null, CancellationToken cancellationToken = default)
    {
        var told = false;
        while (true)
        {
            if (TryAcquire(path) is { } held)
                return held;
            if (!told)
                onWait?.Invoke();
            told = true;
            await Task.Delay(100, cancellationToken);
        }
    }

    public void Dispose() => stream.Dispose();
}
