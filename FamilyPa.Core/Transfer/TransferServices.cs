using Microsoft.Extensions.DependencyInjection;

namespace FamilyPa.Core.Transfer;

public static class TransferServices
{
    /// <summary>Registers export and import of families' data.</summary>
    public static IServiceCollection AddTransfer(this IServiceCollection services) =>
        services.AddSingleton<TransferAccess>().AddSingleton<FamilyExport>().AddSingleton<TaskImport>();
}
