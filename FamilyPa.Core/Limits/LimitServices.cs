using FamilyPa.Core.Ledger;
using Microsoft.Extensions.DependencyInjection;

namespace FamilyPa.Core.Limits;

public static class LimitServices
{
    /// <summary>What may run now and what it may cost, over all instances.</summary>
    public static IServiceCollection AddLimits(this IServiceCollection services) => services
        .AddSingleton<Backlog>()
        .AddSingleton<CostLedger>()
        .AddSingleton<LimitNotices>()
        .AddSingleton<LimitUpkeep>()
        .AddSingleton<LimitsOverview>()
        .AddSingleton<Budgets>();
}
