using FamilyPa.Core.Storage;

namespace FamilyPa.Core.Tasks;

/// <summary>A list, and how many of its tasks are to be done or completed.</summary>
public sealed record FamilyList(string Name, long Open, long Done);

/// <summary>Reads and clears a family's lists for a member.</summary>
public sealed class FamilyLists(Database database)
{
    /// <returns>The default lists, then the family's own by name.</returns>
    public async Task<IReadOnlyList<FamilyList>> ReadAsync(Identity member, CancellationToken cancellation)
    {
        await using var batch = database.AsMember(member).Add(
            """
            select n.name, count(t.id) filter (where t.status in ('open', 'in_progress')), count(t.id) filter (where t.status = 'done')
            from (
              select name, n from unnest($1::text[]) with ordinality as d (name, n)
              union all
              select distinct o.category, null::bigint from tasks o
              where o.family_id = (select my_family()) and o.category <> all ($1) and o.status <> 'canceled') n
            left join tasks t on t.family_id = (select my_family()) and t.category = n.name
            group by n.name, n.n order by n.n, n.name
            """,
            (object)TaskCategories.All.ToArray());
        return await batch.ListAsync(row => new FamilyList(row.GetString(0), row.GetInt64(1), row.GetInt64(2)), cancellation);
    }

    /// <summary>Cancels a list's completed tasks.</summary>
    /// <returns>How many; null when there is no such list.</returns>
    public async Task<long?> ClearAsync(Identity member, string name, CancellationToken cancellation)
    {
        await using var batch = database.AsMember(member).Add(
            """
            with cleared as (
              update tasks set status = 'canceled' where family_id = (select my_family()) and category = $1 and status = 'done' returning id)
            select (select count(*) from cleared), exists (select from tasks where family_id = (select my_family()) and category = $1 and status <> 'canceled')
            """,
            name);
        var (cleared, exists) = await batch.SingleAsync(row => (row.GetInt64(0), row.GetBoolean(1)), cancellation);
        return exists || TaskCategories.All.Contains(name) ? cleared : null;
    }
}
