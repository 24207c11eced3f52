using System.Security.Cryptography;
using System.Text;
using FamilyPa.Local.Processes;

namespace FamilyPa.Local.Services;

/// <summary>Folders the database's user can enter. A clone below /root is closed to everyone but root.</summary>
internal static class ReachableFolder
{
    /// <summary>The folder itself, or where root runs this and nobody else can enter it, its counterpart outside the clone.</summary>
    public static async Task<string> ForAsync(string folder)
    {
        Directory.CreateDirectory(folder);
        if (!Privileges.IsRoot || await CanEnterAsync(folder))
            return folder;
        return Directory.CreateDirectory(Path.Combine(OutsideTheClone(), Path.GetFullPath(folder).TrimStart('/'))).FullName;
    }

    /// <summary>Another one for each clone.</summary>
    /// <param name="parent">The default survives a reboot.</param>
    public static string OutsideTheClone(string parent = "/var/tmp")
    {
        var clone = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Repository.Root)))[..12];
        return Directory.CreateDirectory(Path.Combine(parent, $"familypa-{clone}")).FullName;
    }

    private static async Task<bool> CanEnterAsync(string folder)
    {
        var (entered, _) = await ChildProcess.RunAsync(new ChildStart("sh", "-c", "cd -- \"$1\"", "sh", folder) { AsNobody = true, WorkingDirectory = "/" });
        return entered;
    }
}
