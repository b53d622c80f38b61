/** The bulk file of all tenants that have none of their own. Reserved: no tenant is called so. */
export const SHARED_FILE = 'shared'
